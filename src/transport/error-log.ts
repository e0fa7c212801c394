import type { NodeId } from '../raft/types.js';

/** Members whose last error is remembered; the oldest makes room. */
const MEMBERS_MAX = 64;

/** Chooses log levels so that an error that a member repeats for days is logged once. */
export class PeerErrorLog {
  readonly #last = new Map<NodeId, string>();

  /** The level for an error: `debug` if it is the member's last one again. */
  levelOf(member: NodeId, reason: string): 'warn' | 'debug' {
    if (this.#last.get(member) === reason) return 'debug';
    this.forget(member);
    const [oldest] = this.#last.keys();
    if (this.#last.size >= MEMBERS_MAX && oldest !== undefined) this.#last.delete(oldest);
    this.#last.set(member, reason);
    return 'warn';
  }

  /** The member works again: its next error is logged as a warning. */
  forget(member: NodeId): void {
    this.#last.delete(member);
  }
}
