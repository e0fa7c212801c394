import type { Connection } from '../http2/connection.js';
import type { OutgoingField } from '../http2/hpack-encoder.js';
import { ServerStream } from '../http2/stream.js';

/** A request that is answered without a handler. Its body is ignored. */
export class RefusedCall extends ServerStream {
  readonly #connection: Connection;
  readonly #fields: readonly OutgoingField[];

  constructor(id: number, connection: Connection, fields: readonly OutgoingField[]) {
    super(id);
    this.#connection = connection;
    this.#fields = fields;
  }

  override onOpen(): void {
    this.#connection.end(this, this.#fields);
  }

  override onData(): void {
    // The answer is on its way.
  }

  override onAbort(): void {
    // Nothing is under way.
  }

  override onSent(): void {
    // Nothing is queued.
  }
}
