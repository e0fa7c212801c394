import type { Cancel, Clock } from '../../ports/clock.js';
import { jointMembers } from '../../raft/quorum/joint.js';
import type { RawNode } from '../../raft/raw-node.js';
import { NONE, type NodeId } from '../../raft/types.js';
import type { Random } from '../../util/random.js';
import { votersOf } from './quorum.js';

export interface FailoverOptions {
  readonly raw: RawNode;
  readonly clock: Clock;
  readonly random: Random;
  /** Without PreVote a campaign raises the term, and would depose a leader that is only unreachable from here. */
  readonly preVote: boolean;
  readonly isConnected: (peer: NodeId) => boolean;
  /** Rest of the promise behind the leader's lease, in ms; 0 once it has ended. */
  readonly promiseLeftMs: () => number;
  /** Called after an input to the core. */
  readonly onActed: () => void;
}

/** Delay between the campaigns of two voters, in ms: enough for a round of pre-votes and one of votes, with syncs. */
const TURN_MS = 30;
/** Campaigns of this member before it leaves the election to the election timeout. */
const ROUNDS_MAX = 5;

/**
 * Elects a new leader soon after the old one's process was killed, which resets its connections. A voter whose link to
 * the leader breaks waits until the promise behind the leader's lease has ended. If the link is still down then, it
 * forgets the leader and asks for pre-votes. Other voters grant them if they have lost the leader too, and refuse them
 * while they hear it, so a single broken link changes nothing. Voters take turns, to avoid split votes.
 */
export class Failover {
  readonly #options: FailoverOptions;
  #cancel: Cancel | undefined;

  constructor(options: FailoverOptions) {
    this.#options = options;
  }

  onLinkDown(peer: NodeId): void {
    const { raw, preVote } = this.#options;
    if (preVote && raw.leader === peer && this.#voters().includes(raw.id)) this.#whenFree(peer, raw.term);
  }

  stop(): void {
    this.#cancel?.();
  }

  #after(delayMs: number, act: () => void): void {
    this.#cancel?.();
    this.#cancel = this.#options.clock.timeout(delayMs, act);
  }

  /** Waits for the end of the promise. If it was renewed meanwhile, this member has heard from the leader again. */
  #whenFree(leader: NodeId, term: number): void {
    const { raw, isConnected, promiseLeftMs, onActed } = this.#options;
    if (raw.term !== term || raw.leader !== leader || isConnected(leader)) return;
    const leftMs = promiseLeftMs();
    if (leftMs > 0) {
      this.#after(leftMs, () => this.#whenFree(leader, term));
      return;
    }
    raw.forgetLeader();
    onActed();
    this.#after(this.#turnMs(leader), () => this.#ask(leader, term, ROUNDS_MAX));
  }

  #ask(leader: NodeId, term: number, rounds: number): void {
    const { raw, isConnected, onActed } = this.#options;
    const over = raw.term !== term || raw.leader !== NONE || isConnected(leader);
    if (over || rounds === 0) return;
    raw.campaign();
    onActed();
    this.#after(this.#voters().length * TURN_MS, () => this.#ask(leader, term, rounds - 1));
  }

  #voters(): readonly NodeId[] {
    return jointMembers(votersOf(this.#options.raw.confState));
  }

  /** Delay before this voter's first campaign, in ms: by its position among the voters, with some jitter. */
  #turnMs(leader: NodeId): number {
    const { raw, random } = this.#options;
    const order = this.#voters().filter((id) => id !== leader);
    return (Math.max(0, order.indexOf(raw.id)) + random.next() / 4) * TURN_MS;
  }
}
