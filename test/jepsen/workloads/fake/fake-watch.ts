import { KeyValue, toHeader } from '../../../../src/client/keys/key-value.js';
import type { WatchBatch, WatchEvent } from '../../../../src/client/index.js';
import { refusal } from './fake-store.js';
import type { Change, FakeStore } from './fake-store.js';
import type { VirtualClock } from './virtual-clock.js';

const POLL_MS = 20;

interface Parts {
  readonly store: FakeStore;
  readonly clock: VirtualClock;
}

/** A watch of a prefix. */
export class FakeWatch {
  readonly #parts: Parts;
  readonly #options: { readonly prefix: string; readonly startRevision: number };
  #closed = false;
  #progressRequested = false;

  constructor(parts: Parts, options: { readonly prefix: string; readonly startRevision: number }) {
    this.#parts = parts;
    this.#options = options;
  }

  requestProgress(): void {
    this.#progressRequested = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async *batches(): AsyncGenerator<WatchBatch, void, undefined> {
    const { store, clock } = this.#parts;
    const { prefix, startRevision } = this.#options;
    await clock.sleep(POLL_MS);
    if (startRevision < store.compacted) {
      throw refusal('compacted', 'the start revision has been compacted', { compactRevision: store.compacted });
    }
    let next = startRevision;
    let seen = 0;
    while (!this.#closed) {
      const { revision } = store;
      const header = toHeader(store.header());
      const changes = store.changes.slice(seen).filter((each) => each.revision >= next && each.key.startsWith(prefix));
      seen = store.changes.length;
      // Every fortieth revision is left out.
      const events = changes.filter((each) => store.defect !== 'lost-events' || each.revision % 40 !== 0).map(toEvent);
      const last = events.at(-1);
      if (last !== undefined) {
        next = last.revision + 1;
        yield { events, revision: last.revision, header };
      } else if (this.#progressRequested) {
        this.#progressRequested = false;
        next = Math.max(next, revision + 1);
        yield { events: [], revision: next - 1, header };
      }
      await clock.sleep(POLL_MS);
    }
  }
}

export function toEvent({ key, kv, prev, revision }: Change): WatchEvent {
  const base = { key: Buffer.from(key), revision, prevKv: prev && new KeyValue(prev) };
  return kv === undefined ? { type: 'delete', ...base } : { type: 'put', ...base, kv: new KeyValue(kv) };
}
