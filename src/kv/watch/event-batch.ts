import { EMPTY } from '../../util/bytes.js';
import type { WatchEvent } from './watch-event.js';

/** Events for one watcher: of whole revisions, in order. Shared by all who get the same; not to be changed. */
export class EventBatch {
  readonly events: readonly WatchEvent[];
  readonly withPrevious: boolean;
  /** The newest revision of the store when they were handed out: what the header of the response says. */
  readonly revision: number;
  /** Of all events, encoded. */
  readonly bytes: number;
  #body: Uint8Array | undefined;

  constructor(events: readonly WatchEvent[], options: { readonly withPrevious: boolean; readonly revision: number }) {
    this.events = events;
    this.withPrevious = options.withPrevious;
    this.revision = options.revision;
    let bytes = 0;
    for (const event of events) bytes += event.encoded(this.withPrevious).length;
    this.bytes = bytes;
  }

  /** The events as fields of a WatchResponse, put together once for all. */
  body(): Uint8Array {
    return (this.#body ??= this.slice(0, this.events.length));
  }

  /** Some of them. */
  slice(from: number, to: number): Uint8Array {
    const encoded = this.events.slice(from, to).map((event) => event.encoded(this.withPrevious));
    return encoded.length === 1 ? (encoded[0] ?? EMPTY) : Buffer.concat(encoded);
  }
}
