import type { RequestHead } from '../../rpc/http2/request-head.js';
import type { OpenStream, OtherRequests, RequestOrigin } from '../../rpc/native/other-requests.js';
import { RefusedCall } from '../../rpc/native/refused-call.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { HttpHost } from '../host.js';
import { ExchangeTurns } from './exchange-turns.js';
import { translated } from './fields.js';
import { HttpStream } from './http-stream.js';

/** Memory of a head that is not counted, in bytes: no more than that of its stream. */
const FREE_HEAD_BYTES = 1024;
/** A head is in memory as HTTP/2 has it, as text, and as HTTP/1.1 has it. */
const HEAD_COPIES = 3;

/**
 * Serves requests of HTTP/2 by a host of HTTP/1.1: each goes there on a connection in memory. So limits, access control and
 * handlers are the same for both versions.
 */
export class HttpStreams implements OtherRequests {
  readonly #host: HttpHost;
  readonly #onLimit: OnLimit;
  readonly #turns = new ExchangeTurns();

  constructor({
    host,
    onLimit = () => undefined,
  }: {
    readonly host: HttpHost;
    readonly onLimit?: OnLimit | undefined;
  }) {
    this.#host = host;
    this.#onLimit = onLimit;
  }

  route(head: RequestHead, origin: RequestOrigin): OpenStream {
    const request = translated(head);
    const { connection } = origin;
    if (request.kind === 'refused') {
      const fields = [{ name: ':status', value: request.status }];
      return (id) => new RefusedCall(id, connection, fields);
    }
    const [host, onLimit] = [this.#host, this.#onLimit];
    const headBytes = head.ownBytes > FREE_HEAD_BYTES ? HEAD_COPIES * head.ownBytes : 0;
    const shared = { origin, request, headBytes, host, turns: this.#turns, onLimit };
    return (id) => {
      if (host.isClosing) return undefined;
      if (headBytes === 0 || origin.requests.take(headBytes)) return new HttpStream(id, shared);
      onLimit('request_memory');
      return undefined;
    };
  }
}
