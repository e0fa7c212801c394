import type { Random } from '../../util/random.js';

/** At `timeMs` of this member's clock, everything acknowledged by then had an index of at most `commit`. */
export interface FreshPoint {
  readonly timeMs: number;
  readonly commit: number;
}

/** Points that wait for the applier; the newest makes room, since the oldest is satisfied first. */
const WAITING_MAX = 64;

/**
 * How old the state of this member can be, honestly or not at all. A point is a timestamp of this member's own that a
 * leader has confirmed with a quorum after it received it; once the commit index of that time is applied, what a read
 * sees here holds every write that was acknowledged before the timestamp.
 */
export class Freshness {
  /** Timestamps leave this process shifted by a random offset: an echo meant for an earlier life falls outside. */
  readonly #offsetMs: number;
  readonly #startMs: number;
  #freshMs: number | undefined;
  readonly #waiting: FreshPoint[] = [];

  constructor(options: { random: Random; nowMs: number }) {
    this.#offsetMs = Math.floor(options.random.next() * 2 ** 40);
    this.#startMs = options.nowMs;
  }

  /** The timestamp to send along with an answer to a round. */
  stamp(nowMs: number): number {
    return nowMs + this.#offsetMs;
  }

  /** A timestamp of ours that came back; what was never ours is ignored. */
  echo(point: FreshPoint, nowMs: number): void {
    const timeMs = point.timeMs - this.#offsetMs;
    if (timeMs >= this.#startMs && timeMs <= nowMs) this.add({ timeMs, commit: point.commit });
  }

  add(point: FreshPoint): void {
    const last = this.#waiting.at(-1);
    if (last !== undefined && point.timeMs <= last.timeMs) return;
    if (last !== undefined && (last.commit === point.commit || this.#waiting.length === WAITING_MAX)) {
      this.#waiting.pop();
    }
    this.#waiting.push(point);
  }

  /** An upper bound of the state's age in ms; undefined while it is unknown. */
  ageMs(nowMs: number, applied: number): number | undefined {
    let satisfied = 0;
    for (const point of this.#waiting) {
      if (point.commit > applied) break;
      this.#freshMs = point.timeMs;
      satisfied++;
    }
    if (satisfied > 0) this.#waiting.splice(0, satisfied);
    return this.#freshMs === undefined ? undefined : Math.max(0, nowMs - this.#freshMs);
  }
}
