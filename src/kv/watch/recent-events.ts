import type { WatchLimits } from './limits.js';
import type { WatchEvent } from './watch-event.js';

interface Batch {
  /** Of the last event. */
  readonly revision: number;
  readonly events: readonly WatchEvent[];
  readonly bytes: number;
}

/**
 * The events of the latest revisions, bounded in number and bytes. A watcher that is slightly behind gets them from
 * here. A watcher that was further behind goes live from here in one turn, whatever is written meanwhile.
 */
export class RecentEvents {
  readonly #limits: WatchLimits;
  #batches: Batch[] = [];
  #events = 0;
  #bytes = 0;
  /** The first revision from which on all events are kept. */
  #from: number;

  constructor({ from, limits }: { readonly from: number; readonly limits: WatchLimits }) {
    this.#from = from;
    this.#limits = limits;
  }

  /** Whether all events from a revision on are kept. */
  covers(revision: number): boolean {
    return revision >= this.#from;
  }

  /** Events from a revision on. @param revision must satisfy `covers` */
  since(revision: number): readonly WatchEvent[] {
    const batches = this.#batches.filter((batch) => batch.revision >= revision);
    return batches.flatMap(({ events }) => events).filter((event) => event.revision >= revision);
  }

  push(revision: number, events: readonly WatchEvent[]): void {
    const { recentEvents, recentBytes } = this.#limits;
    const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
    this.#batches.push({ revision, events, bytes });
    this.#events += events.length;
    this.#bytes += bytes;
    let dropped = 0;
    for (const oldest of this.#batches) {
      if (this.#events <= recentEvents && this.#bytes <= recentBytes) break;
      this.#events -= oldest.events.length;
      this.#bytes -= oldest.bytes;
      this.#from = oldest.revision + 1;
      dropped++;
    }
    if (dropped > 0) this.#batches = this.#batches.slice(dropped);
  }

  /** Drops all events. The next ones pushed begin at a revision. */
  restart(from: number): void {
    this.#batches = [];
    this.#events = 0;
    this.#bytes = 0;
    this.#from = from;
  }
}
