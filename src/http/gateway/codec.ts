import type { OnLimit } from '../../util/limit-hits.js';
import type { Method } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { CallTally } from '../../rpc/tally.js';
import type { MethodType } from '../../schema/schema.js';
import { fromJson } from '../json/from-json.js';
import { JsonElementsError, JsonError } from '../json/json-error.js';
import type { JsonValue } from '../json/json-text.js';
import { toJsonSteps } from '../json/to-json-steps.js';
import { toJson, type Print } from '../json/to-json.js';
import type { SharedTurns, Steps } from '../../util/slices.js';

/** Size of an answer up to which its JSON is made in one go, in bytes. */
export const SMALL_BYTES = 64 * 1024;

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
  readonly #turns: SharedTurns;
  readonly #onLimit: OnLimit;

  /** @param options.bytesMax of an encoded message: gRPC's bound */
  constructor(options: {
    readonly type: MethodType;
    readonly method: Method;
    readonly bytesMax: number;
    readonly tally: CallTally;
    readonly turns: SharedTurns;
    readonly onLimit: OnLimit;
  }) {
    this.#type = options.type;
    this.#decode = options.method.decode;
    this.#bytesMax = options.bytesMax;
    this.#tally = options.tally;
    this.#turns = options.turns;
    this.#onLimit = options.onLimit;
  }

  /**
   * Decodes a request in slices that yield to the event loop; a small one before this returns.
   * @param json undefined for a message with defaults alone
   * @param wanted called before each slice; once it returns false, `done` is not called any more
   */
  decode(json: JsonValue | undefined, done: (decoded: Decoded) => void, wanted: () => boolean): void {
    this.#turns.run(this.#steps(json), {
      finish: (outcome) => done(outcome.kind === 'done' ? outcome.value : failure(outcome.error)),
      wanted,
    });
  }

  *#steps(json: JsonValue | undefined): Steps<Decoded> {
    const bytes = json === undefined ? Buffer.alloc(0) : yield* fromJson(this.#type.request, json);
    if (bytes.length > this.#bytesMax) {
      this.#onLimit('request_bytes');
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

  /** The JSON of a small answer. */
  print(message: Uint8Array): Buffer {
    let json = '';
    toJson(this.#type.response, message, (text) => (json += text));
    this.#tally.sends(message.length);
    return Buffer.from(json);
  }

  /**
   * Prints the JSON of an answer of any size.
   * @param pieces the message, cut anywhere
   */
  printSteps(pieces: readonly Uint8Array[], print: Print): Steps<void> {
    this.#tally.sends(pieces.reduce((sum, { length }) => sum + length, 0));
    return toJsonSteps(this.#type.response, pieces, print);
  }
}

/** Why a request could not be read. */
export function failure(error: unknown): Exclude<Decoded, { readonly kind: 'ok' }> {
  if (error instanceof JsonError) return refused(Code.INVALID_ARGUMENT, error.message);
  if (error instanceof JsonElementsError) return refused(Code.RESOURCE_EXHAUSTED, error.message);
  return { kind: 'broken', error };
}

/** Whether a request has too many JSON values. @param found the result of `failure` */
export function isTooMuch(found: ReturnType<typeof failure>): boolean {
  return found.kind === 'refused' && found.status.code === Code.RESOURCE_EXHAUSTED;
}

function refused(code: Code, message: string): Exclude<Decoded, { readonly kind: 'ok' | 'broken' }> {
  return { kind: 'refused', status: { code, message } };
}
