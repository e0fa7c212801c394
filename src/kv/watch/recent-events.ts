import type { WatchLimits } from './limits.js';
import type { WatchEvent } from './watch-event.js';

interface Batch {
  /** Of the last event. */
  readonly revision: number;
  readonly events: readonly WatchEvent[];
  readonly bytes: number;
}

/**
 * The events of the latest revisions, bounded in number and bytes. Who is a little behind gets them from here, and who
 * comes from further back crosses over to the present here: in one turn, whatever has been written meanwhile.
 */
export class RecentEvents {
  readonly #limits: WatchLimits;
  #batches: Batch[] = [];
  #events = 0;
  #bytes = 0;
  /** All events from this revision on are here. */
  #from: number;

  constructor({ from, limits }: { readonly from: number; readonly limits: WatchLimits }) {
    this.#from = from;
    this.#limits = limits;
  }

  /** Whether nothing from a revision on is missing. */
  covers(revision: number): boolean {
    return revision >= this.#from;
  }

  /** Those of a revision and all later ones. @param revision one that `covers` holds for */
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

  /** Forgets all; what is pushed from now on begins at a revision. */
  restart(from: number): void {
    this.#batches = [];
    this.#events = 0;
    this.#bytes = 0;
    this.#from = from;
  }
}
