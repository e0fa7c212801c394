import type { Clock } from '../ports/clock.js';
import type { PeerAddress } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';

/** Unknown callers that are remembered. */
const CALLERS_MAX = 16;
/** Time for which they are remembered, in ms. */
const REMEMBERED_MS = 60_000;
/** Time for which an unknown caller counts as new, in ms: long enough to ask the others about it. */
const NEW_MS = 3_000;

/** Asks the members that are known which members the cluster has now. Rejects if none answers. */
export type LookUp = () => Promise<readonly PeerAddress[]>;

export interface IntroductionsOptions {
  /** Undefined: unknown callers stay unknown. */
  readonly lookUp: LookUp | undefined;
  /** Least time between two rounds of questions, in ms: unknown callers must not cause more. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFound: () => void;
}

/**
 * Members that are not in this member's log yet. A member that lags may receive links from a leader that was added
 * meanwhile, or that has moved to other URLs. The caller's claim is not enough, so this member asks the members that it
 * knows, at the URLs that it knows.
 */
export class Introductions {
  readonly #options: IntroductionsOptions;
  #addresses: readonly PeerAddress[] = [];
  #underWay = false;
  /** When each unknown caller first opened a link. */
  readonly #callers = new Map<NodeId, number>();
  #nextMs = -Infinity;

  constructor(options: IntroductionsOptions) {
    this.#options = options;
  }

  /** The other members' last answer. It may name this member, members known already, and removed ones. */
  get addresses(): readonly PeerAddress[] {
    return this.#addresses;
  }

  /**
   * An unknown member calls: asks the known ones, unless that happened a moment ago.
   * @returns whether the caller is new, so that it may be introduced soon
   */
  calledBy(id: NodeId): boolean {
    this.request();
    return this.#options.lookUp !== undefined && this.#isNew(id);
  }

  /** Asks again, unless that happened a moment ago. */
  request(): void {
    const { lookUp, intervalMs, clock, logger, onFound } = this.#options;
    if (lookUp === undefined || this.#underWay || clock.now() < this.#nextMs) return;
    this.#underWay = true;
    lookUp()
      .then((found) => {
        this.#addresses = found;
        onFound();
      })
      .catch((error: unknown) =>
        logger.debug('no member introduces an unknown caller', { reason: asError(error).message }),
      )
      .finally(() => {
        this.#underWay = false;
        this.#nextMs = clock.now() + intervalMs;
      });
  }

  #isNew(id: NodeId): boolean {
    const nowMs = this.#options.clock.now();
    const sinceMs = this.#callers.get(id);
    if (sinceMs !== undefined) return nowMs - sinceMs < NEW_MS;
    for (const [known, since] of this.#callers) if (nowMs - since > REMEMBERED_MS) this.#callers.delete(known);
    // That many unknown callers cannot all be new members.
    if (this.#callers.size >= CALLERS_MAX) return false;
    this.#callers.set(id, nowMs);
    return true;
  }
}
