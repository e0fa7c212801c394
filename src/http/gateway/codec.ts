import type { Method } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { CallTally } from '../../rpc/tally.js';
import type { MethodType } from '../../schema/schema.js';
import { AnswerBytes } from '../answers.js';
import { fromJson } from '../json/from-json.js';
import { JsonElementsError, JsonError } from '../json/json-error.js';
import type { JsonValue } from '../json/json-text.js';
import { toJson } from '../json/to-json.js';
import { inSlices, type Steps } from '../../util/slices.js';

export type Decoded =
  | { readonly kind: 'ok'; readonly request: unknown }
  | { readonly kind: 'refused'; readonly status: Status }
  /** A bug, not a fault of the request. */
  | { readonly kind: 'broken'; readonly error: unknown };

/** Converts between JSON and the messages of one method. */
export class MethodCodec {
  readonly #type: MethodType;
  readonly #decode: (body: Uint8Array) => unknown;
  readonly #bytesMax: number;
  readonly #tally: CallTally;

  /** @param options.bytesMax of an encoded message: gRPC's bound */
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

  /**
   * Decodes a request in slices that yield to the event loop; a small one before this returns.
   * @param json undefined for a message with defaults alone
   * @param wanted is asked before each slice; once it is false, `done` is not called any more
   */
  decode(json: JsonValue | undefined, done: (decoded: Decoded) => void, wanted: () => boolean): void {
    inSlices(
      this.#steps(json),
      (outcome) => done(outcome.kind === 'done' ? outcome.value : failure(outcome.error)),
      wanted,
    );
  }

  *#steps(json: JsonValue | undefined): Steps<Decoded> {
    const bytes = json === undefined ? Buffer.alloc(0) : yield* fromJson(this.#type.request, json);
    if (bytes.length > this.#bytesMax) {
      const message = `grpc: received message larger than max (${bytes.length} vs. ${this.#bytesMax})`;
      return refused(Code.RESOURCE_EXHAUSTED, message);
    }
    this.#tally.receives(bytes.length);
    try {
      return { kind: 'ok', request: this.#decode(bytes) };
    } catch (error) {
      // Messages are nested deeper than the method's own reader goes.
      const reason = error instanceof Error ? error.message : String(error);
      return refused(Code.INTERNAL, `grpc: error unmarshalling request: ${reason}`);
    }
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
}

/** Why a request could not be read. */
export function failure(error: unknown): Exclude<Decoded, { readonly kind: 'ok' }> {
  if (error instanceof JsonError) return refused(Code.INVALID_ARGUMENT, error.message);
  if (error instanceof JsonElementsError) return refused(Code.RESOURCE_EXHAUSTED, error.message);
  return { kind: 'broken', error };
}

function refused(code: Code, message: string): Exclude<Decoded, { readonly kind: 'ok' | 'broken' }> {
  return { kind: 'refused', status: { code, message } };
}
