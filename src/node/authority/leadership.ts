import type { Clock } from '../../ports/clock.js';
import type { RawNode } from '../../raft/raw-node.js';
import { NONE, type NodeId, type Role } from '../../raft/types.js';

/** What has changed since it was last looked at. */
export interface LeadershipChange {
  /** A leadership of this member begins. */
  readonly begins: boolean;
  /** The known leader is another one, or none any more. */
  readonly leaderChanged: boolean;
}

/** Who leads, as this member knows it, and who waits for somebody to. */
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

  /** This member begins to take part, and knows of no leader. */
  begin(): void {
    this.#leaderlessSinceMs = this.#clock.now();
  }

  /** Since when no leader has been known, in ms; 0 while one is. */
  get leaderlessMs(): number {
    return this.#leaderlessSinceMs === undefined ? 0 : this.#clock.now() - this.#leaderlessSinceMs;
  }

  /** Looks at role, term and leader again. @returns undefined where they are what they were */
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

  /** Resolves with true once the known leader is as wanted, with false when it is not by then or all has ended. */
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

  /** Lets those who wait look at the leader. */
  tellWaiters(): void {
    for (const ask of [...this.#waiters]) ask();
  }

  /** Nothing changes any more. */
  end(): void {
    this.#ended = true;
    this.tellWaiters();
  }
}
