import type { Clock } from '../../ports/clock.js';
import type { RawNode } from '../../raft/raw-node.js';
import { NONE, type NodeId, type Role } from '../../raft/types.js';

/** Changes since the last `look`. */
export interface LeadershipChange {
  /** This member has become leader. */
  readonly begins: boolean;
  /** The known leader is another one, or none. */
  readonly leaderChanged: boolean;
}

/** The leader as this member knows it, and the callers waiting for a leader. */
export class Leadership {
  readonly #raw: Pick<RawNode, 'role' | 'term' | 'leader'>;
  readonly #clock: Clock;
  readonly #waiters = new Set<() => void>();
  #seen = { role: 'follower' as Role, term: 0, leader: NONE };
  #leaderlessSinceMs: number | undefined;
  #ended = false;

  constructor({ raw, clock }: { readonly raw: Pick<RawNode, 'role' | 'term' | 'leader'>; readonly clock: Clock }) {
    this.#raw = raw;
    this.#clock = clock;
  }

  /** Starts the clock: no leader is known yet. */
  begin(): void {
    this.#leaderlessSinceMs = this.#clock.now();
  }

  /** Time without a known leader, in ms; 0 while one is known. */
  get leaderlessMs(): number {
    return this.#leaderlessSinceMs === undefined ? 0 : this.#clock.now() - this.#leaderlessSinceMs;
  }

  /** Compares role, term and leader with those of the last call. @returns undefined if nothing has changed */
  look(): LeadershipChange | undefined {
    const { role, term, leader } = this.#raw;
    const seen = this.#seen;
    if (seen.role === role && seen.term === term && seen.leader === leader) return undefined;
    this.#seen = { role, term, leader };
    this.#leaderlessSinceMs = leader === NONE ? (this.#leaderlessSinceMs ?? this.#clock.now()) : undefined;
    return {
      begins: role === 'leader' && (seen.role !== 'leader' || seen.term !== term),
      leaderChanged: seen.leader !== leader,
    };
  }

  /** Resolves with true once `wanted` holds for the known leader; with false at the deadline or after `end`. */
  leaderIs(wanted: (leader: NodeId) => boolean, deadlineMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (result: boolean): void => {
        cancel();
        this.#waiters.delete(ask);
        resolve(result);
      };
      const ask = (): void => {
        if (wanted(this.#raw.leader)) finish(true);
        else if (this.#ended) finish(false);
      };
      const cancel = this.#clock.timeout(Math.max(0, deadlineMs - this.#clock.now()), () => finish(false));
      this.#waiters.add(ask);
      ask();
    });
  }

  /** Lets the waiting callers check the leader. */
  notifyWaiters(): void {
    for (const ask of [...this.#waiters]) ask();
  }

  /** Ends all waits. */
  end(): void {
    this.#ended = true;
    this.notifyWaiters();
  }
}
