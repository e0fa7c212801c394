import type { NodeId } from '../raft/types.js';

/** Members whose last complaint is remembered; of more, the oldest is forgotten. */
const REMEMBERED = 64;

/** What was last complained of, member by member: one that gives the same reason for days gets one line in the log. */
export class PeerErrorLog {
  readonly #last = new Map<NodeId, string>();

  /** How loudly to say it. */
  levelOf(member: NodeId, reason: string): 'warn' | 'debug' {
    if (this.#last.get(member) === reason) return 'debug';
    this.forget(member);
    const [oldest] = this.#last.keys();
    if (this.#last.size >= REMEMBERED && oldest !== undefined) this.#last.delete(oldest);
    this.#last.set(member, reason);
    return 'warn';
  }

  /** All is well again: the next complaint is news. */
  forget(member: NodeId): void {
    this.#last.delete(member);
  }
}
