import { raftkv } from '../../gen/proto.js';
import type { KvStore } from '../../kv/store.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { OWN_CALL } from '../requests/own-call.js';
import type { Proposer } from '../requests/proposer.js';

/** Interval between two looks at the sessions, in ms. */
const LOOK_MS = 2_000;
/** Sessions whose end is proposed at one look. */
const PER_LOOK = 100;

export interface SessionExpirerOptions {
  readonly clock: Clock;
  /** The term in which this member leads; undefined if it does not. */
  readonly leads: () => number | undefined;
  readonly store: Pick<KvStore, 'sessions'>;
  readonly proposer: Pick<Proposer, 'submit'>;
}

interface Seen {
  readonly lastIndex: number;
  /** When this leader first saw it unused since that entry. */
  readonly sinceMs: number;
}

/**
 * Ends sessions that were not used for their TTL. The replicated state knows the last entry that used a session, and no time: a
 * leader counts on its own monotonic clock, from when it saw that entry. At the start of its term every session has its whole TTL
 * again, so none expires early. The store judges the decision by the leader's term and by that entry.
 */
export class SessionExpirer {
  readonly #options: SessionExpirerOptions;
  #seen = new Map<number, Seen>();
  #term: number | undefined;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(options: SessionExpirerOptions) {
    this.#options = options;
    this.#later();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #later(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.timeout(LOOK_MS, () => {
      this.#look();
      this.#later();
    });
  }

  #look(): void {
    const { clock, leads, store } = this.#options;
    const term = leads();
    if (term !== this.#term) this.#seen.clear();
    this.#term = term;
    if (term === undefined) return;
    const nowMs = clock.now();
    const before = this.#seen;
    this.#seen = new Map();
    let proposed = 0;
    for (const { id, lastIndex, ttlSeconds } of store.sessions.all()) {
      const known = before.get(id);
      const sinceMs = known?.lastIndex === lastIndex ? known.sinceMs : nowMs;
      this.#seen.set(id, { lastIndex, sinceMs });
      const idleMs = Math.floor(nowMs - sinceMs);
      if (idleMs < ttlSeconds * 1000 || proposed >= PER_LOOK) continue;
      proposed += 1;
      this.#expire({ session: id, lastIndex, term, idleMs });
    }
  }

  /** A proposal that fails is repeated at the next look. */
  #expire(decision: raftkv.SessionExpiry.$Properties): void {
    const request = raftkv.SessionExpiry.encode(decision).finish();
    this.#options.proposer.submit({ call: OWN_CALL, kind: 'sessionExpire', request, done: () => undefined });
  }
}
