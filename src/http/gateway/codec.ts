import type { Method } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { CallTally } from '../../rpc/tally.js';
import type { MethodType } from '../../schema/schema.js';
import { AnswerBytes } from '../answers.js';
import { fromJson } from '../json/from-json.js';
import { JsonError } from '../json/json-error.js';
import { JsonScanner } from '../json/json-scanner.js';
import { toJson } from '../json/to-json.js';

export type Decoded =
  { readonly kind: 'ok'; readonly request: unknown } | { readonly kind: 'error'; readonly status: Status };

/** The way from JSON to what a method's handler takes, and back. */
export class MethodCodec {
  readonly #type: MethodType;
  readonly #decode: (body: Uint8Array) => unknown;
  readonly #bytesMax: number;
  readonly #tally: CallTally;

  /** @param options.bytesMax of an encoded message: what gRPC would take too */
  constructor(options: {
    readonly type: MethodType;
    readonly method: Method;
    readonly bytesMax: number;
    readonly tally: CallTally;
  }) {
    this.#type = options.type;
    this.#decode = options.method.decode;
    this.#bytesMax = options.bytesMax;
    this.#tally = options.tally;
  }

  /** The first value of a body; what is behind it does not count, and without one all fields have their defaults. */
  decodeFirst(body: Buffer): Decoded {
    return this.#catching(() => {
      const scanner = new JsonScanner();
      const end = scanner.scan(body, 0);
      if (end === undefined && !scanner.end()) return Buffer.alloc(0);
      return fromJson(this.#type.request, end === undefined ? body : body.subarray(0, end));
    });
  }

  /** A text that a scanner has found to be one value. */
  decode(json: Buffer): Decoded {
    return this.#catching(() => fromJson(this.#type.request, json));
  }

  /** The bytes of an answer. */
  print(message: Uint8Array): Buffer {
    const bytes = new AnswerBytes();
    toJson(this.#type.response, message, bytes.print);
    this.#tally.sends(message.length);
    return bytes.finish();
  }

  /** The bytes of one line of a stream. */
  printLine(message: Uint8Array): Buffer {
    const bytes = new AnswerBytes();
    bytes.print('{"result":');
    toJson(this.#type.response, message, bytes.print);
    bytes.print('}\n');
    this.#tally.sends(message.length);
    return bytes.finish();
  }

  #catching(encode: () => Uint8Array): Decoded {
    let bytes: Uint8Array;
    try {
      bytes = encode();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return { kind: 'error', status: { code: Code.INVALID_ARGUMENT, message: error.message } };
    }
    if (bytes.length > this.#bytesMax) {
      const message = `grpc: received message larger than max (${bytes.length} vs. ${this.#bytesMax})`;
      return { kind: 'error', status: { code: Code.RESOURCE_EXHAUSTED, message } };
    }
    this.#tally.receives(bytes.length);
    try {
      return { kind: 'ok', request: this.#decode(bytes) };
    } catch (error) {
      // Messages in messages, deeper than the method's own reader goes.
      const reason = error instanceof Error ? error.message : String(error);
      return {
        kind: 'error',
        status: { code: Code.INTERNAL, message: `grpc: error unmarshalling request: ${reason}` },
      };
    }
  }
}
