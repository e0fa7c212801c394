import type { Random } from '../../util/random.js';

/** Every write acknowledged at `timeMs` of this member's clock had an index of at most `commit`. */
export interface FreshPoint {
  readonly timeMs: number;
  readonly commit: number;
}

/**
 * Points whose commit index is not applied yet. Beyond this, a new point replaces the newest: the oldest is satisfied
 * first.
 */
const WAITING_MAX = 64;

/**
 * Upper bound on the age of this member's state. A point is a timestamp of this member that a leader has confirmed with
 * a quorum after it received it. Once the commit index of that time is applied, reads here see every write that was
 * acknowledged before the timestamp.
 */
export class Freshness {
  /**
   * Random offset of timestamps that leave this process, so that an echo meant for an earlier start is out of range.
   */
  readonly #offsetMs: number;
  readonly #startMs: number;
  #freshMs: number | undefined;
  readonly #waiting: FreshPoint[] = [];

  constructor(options: { random: Random; nowMs: number }) {
    this.#offsetMs = Math.floor(options.random.next() * 2 ** 40);
    this.#startMs = options.nowMs;
  }

  /** The timestamp to send with an answer to a round. */
  stamp(nowMs: number): number {
    return nowMs + this.#offsetMs;
  }

  /** Takes a timestamp that a leader has confirmed. A timestamp that this process did not send is ignored. */
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

  /**
   * The state machine has applied all entries up to this index. Called with each applied batch: otherwise the first points
   * since the last call would keep later ones out.
   */
  applied(index: number): void {
    let satisfied = 0;
    for (const point of this.#waiting) {
      if (point.commit > index) break;
      this.#freshMs = point.timeMs;
      satisfied++;
    }
    if (satisfied > 0) this.#waiting.splice(0, satisfied);
  }

  /** Upper bound on the state's age in ms; undefined while unknown. */
  ageMs(nowMs: number, applied: number): number | undefined {
    this.applied(applied);
    return this.#freshMs === undefined ? undefined : Math.max(0, nowMs - this.#freshMs);
  }
}
