import { EMPTY } from '../../util/bytes.js';
import type { WatchEvent } from './watch-event.js';

const CHUNK_EVENTS = 512;

/** Events of whole revisions, in order, for one or more watchers. Must not be changed. */
export class EventBatch {
  readonly events: readonly WatchEvent[];
  readonly withPrevious: boolean;
  /** The store's revision when the batch was made, for the header of the response. */
  readonly revision: number;
  /** Size of all encoded events. */
  readonly bytes: number;
  /** The encoded events, CHUNK_EVENTS in each; made by `prepare`. */
  #chunks: readonly Uint8Array[] | undefined;
  #body: Uint8Array | undefined;

  constructor(events: readonly WatchEvent[], options: { readonly withPrevious: boolean; readonly revision: number }) {
    this.events = events;
    this.withPrevious = options.withPrevious;
    this.revision = options.revision;
    let bytes = 0;
    for (const event of events) bytes += event.encoded(this.withPrevious).length;
    this.bytes = bytes;
  }

  /** Encodes a large batch in slices, so that `body` takes little time. A small one needs none. */
  async prepare(pause: () => Promise<void>): Promise<void> {
    if (this.events.length <= CHUNK_EVENTS || this.#chunks !== undefined) return;
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < this.events.length; at += CHUNK_EVENTS) {
      chunks.push(this.slice(at, at + CHUNK_EVENTS));
      await pause();
    }
    this.#chunks = chunks;
  }

  /** The events as fields of a WatchResponse, made once for all watchers. */
  body(): Uint8Array {
    const { length } = this.events;
    return (this.#body ??= this.#chunks === undefined ? this.slice(0, length) : Buffer.concat(this.#chunks));
  }

  /** Events from one index on, below another, as fields of a WatchResponse. */
  slice(from: number, to: number): Uint8Array {
    const encoded = this.events.slice(from, to).map((event) => event.encoded(this.withPrevious));
    return encoded.length === 1 ? (encoded[0] ?? EMPTY) : Buffer.concat(encoded);
  }
}
