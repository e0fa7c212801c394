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
  /** Without it a campaign raises the term, and would depose a leader that is merely out of reach. */
  readonly preVote: boolean;
  readonly isConnected: (peer: NodeId) => boolean;
  /** What is left of the promise behind the leader's lease, in ms; 0 once it has run out. */
  readonly promiseLeftMs: () => number;
  /** Called after the core was told something. */
  readonly onActed: () => void;
}

/** Time that one voter leaves to the one before it, in ms: a round of pre-votes and one of votes, with their syncs. */
const TURN_MS = 30;
/** Rounds over the voters before the election timeout is left to do it. */
const ROUNDS_MAX = 5;

/**
 * A killed process resets its connections, so its followers need not wait for an election timeout. Whose link to the
 * leader breaks waits until the promise behind the leader's lease has run out, and, if the link has not come back by
 * then, forgets the leader and asks for pre-votes. The others grant them if they have lost the leader too, and refuse
 * them while they hear it, so one broken link disturbs nobody. The voters take turns, so that they do not split votes.
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

  /** Looks again as often as the promise was renewed: then the leader was heard after its link had broken. */
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

  /** The voters in the order of their ids, without the one that is gone; by chance within a turn. */
  #turnMs(leader: NodeId): number {
    const { raw, random } = this.#options;
    const order = this.#voters().filter((id) => id !== leader);
    return (Math.max(0, order.indexOf(raw.id)) + random.next() / 4) * TURN_MS;
  }
}
