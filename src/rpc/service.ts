import type { AnswerRoom } from './answer-room.js';
import type { Status } from './status.js';

/** A verified certificate of a client: one object for all calls of a connection. */
export interface CallerCertificate {
  readonly commonName: string;
}

/**
 * The gRPC runtime as a port. A service is a list of methods; a handler knows the call, not the host that carries it, so
 * hosts can be exchanged: native/ is one, grpc-js/ another.
 */
export interface CallContext {
  /** The certificate by which the caller's connection identifies a user; undefined if it does not. */
  readonly certificate: CallerCertificate | undefined;
  /** What the handlers' side has found out from the caller's token, kept while the call is under way; hosts do not use it. */
  credential?: object | undefined;
  /** Address and port of the caller's connection, if the call came over one. */
  readonly remote?: string | undefined;
  /** A metadata value of the request, by lower-case name; the first if the name is repeated. */
  metadata(name: string): string | undefined;
  /** Milliseconds until the caller's deadline, negative once it has passed; undefined without a deadline. */
  remainingMs(): number | undefined;
  /** The caller has disconnected or its deadline has passed: an answer would be lost. */
  readonly cancelled: boolean;
  /** Called once, when `cancelled` becomes true; at once if it already is. */
  onCancel(callback: () => void): void;
}

/** Text by lower-case name, sent after the answer. */
export type Trailers = Readonly<Record<string, string>>;

/** An encoded message: whole, or in pieces that a host sends one after the other without joining them. */
export type EncodedMessage = Uint8Array | readonly Uint8Array[];

export interface UnaryCall extends CallContext {
  /** Ends the call with a message. The first of `respond` and `fail` counts; after a cancel both do nothing. */
  respond(body: EncodedMessage, trailers?: Trailers): void;
  fail(status: Status, trailers?: Trailers): void;
  /** The bound that a handler waits for before it makes a large answer; undefined if the caller takes answers at once. */
  readonly answerRoom?: AnswerRoom | undefined;
}

export interface StreamCall<Request> extends CallContext {
  /** Set once, at the start of the handler: receives the caller's messages, in order. */
  onMessage(callback: (request: Request) => void): void;
  /** The caller sends no more messages. */
  onEnd(callback: () => void): void;
  /** Sends one encoded message. False: the stream's buffer is full, wait for `onDrain`. */
  send(body: Uint8Array): boolean;
  onDrain(callback: () => void): void;
  /** Stops and resumes the reading of the caller's messages: back-pressure. */
  pause(): void;
  resume(): void;
  end(trailers?: Trailers): void;
  fail(status: Status, trailers?: Trailers): void;
}

export interface UnaryMethod<Request> {
  readonly kind: 'unary';
  /** `/package.Service/Method` */
  readonly path: string;
  /** Throws if the bytes are not such a message; the host answers INTERNAL, as gRPC does. */
  readonly decode: (body: Uint8Array) => Request;
  readonly handle: (call: UnaryCall, request: Request) => void;
}

/** A stream of messages from the server, or both ways: in a server stream the caller sends a single message. */
export interface StreamMethod<Request> {
  readonly kind: 'server-stream' | 'bidi';
  readonly path: string;
  readonly decode: (body: Uint8Array) => Request;
  readonly handle: (call: StreamCall<Request>) => void;
}

// A table mixes methods of every request type; each method pairs its own codec with its own handler.
export type Method = UnaryMethod<never> | StreamMethod<never>;

/** Pairs a codec with its handler, type-checked, for a table of mixed methods. */
export function unary<Request>(method: Omit<UnaryMethod<Request>, 'kind'>): Method {
  return { kind: 'unary', ...method } as unknown as Method;
}

export function stream<Request>(kind: 'server-stream' | 'bidi', method: Omit<StreamMethod<Request>, 'kind'>): Method {
  return { kind, ...method } as unknown as Method;
}
