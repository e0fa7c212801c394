import type { ConnectionAnswers } from '../answer-room.js';
import type { Connection, NewRequest } from '../http2/connection.js';
import { ServerStream } from '../http2/stream.js';
import type { RequestHead } from '../http2/request-head.js';
import { assertNever } from '../../util/assert.js';
import type { Logger } from '../../util/logger.js';
import type { Method, Trailers } from '../service.js';
import { Code, type Status } from '../status.js';
import type { CallTally } from '../tally.js';
import type { Deadlines } from './deadlines.js';
import { fieldOf, type GrpcHead } from './grpc-head.js';
import { MessageReader, type MessageProblem, type RawMessage } from './message-reader.js';
import { RESPONSE_HEADERS, trailersOf, trailersOnly } from './responses.js';
import { gunzipBounded } from './gunzip.js';

/** What the calls of a method share. */
export interface MountedMethod {
  readonly method: Method;
  readonly tally: CallTally;
}

/** What the calls of a host share. */
export interface CallEnvironment {
  readonly logger: Logger;
  readonly deadlines: Deadlines;
  readonly messageBytesMax: number;
  /** Monotonic time in ms. */
  readonly now: () => number;
}

export interface CallOptions extends NewRequest {
  readonly connection: Connection;
  readonly answers: ConnectionAnswers;
  readonly environment: CallEnvironment;
  readonly mounted: MountedMethod;
  readonly grpc: GrpcHead;
}

const HANDLER_FAILED: Status = { code: Code.INTERNAL, message: 'internal error' };
const DEADLINE_EXCEEDED: Status = { code: Code.DEADLINE_EXCEEDED, message: 'context deadline exceeded' };

/** A call of any kind: the stream that carries it, and what the handler sees. */
export abstract class NativeCall extends ServerStream {
  protected readonly connection: Connection;
  protected readonly answers: ConnectionAnswers;
  protected readonly environment: CallEnvironment;
  protected readonly mounted: MountedMethod;
  readonly #head: RequestHead;
  readonly #grpc: GrpcHead;
  /** When the call began, in ms of the environment's clock. */
  protected readonly startMs: number;
  /** Infinity without a deadline. */
  readonly deadlineMs: number;
  /** The handler, or the host in its place, has ended the call. */
  protected isEnded = false;
  /** Nothing can be sent any more. */
  #isCancelled = false;
  #hasHeaders = false;
  #cancelCallbacks: (() => void)[] | undefined;
  #reader: MessageReader | undefined;
  /** A compressed message is being inflated: what follows waits. */
  #isInflating = false;
  /** Bytes received and not returned to the caller's window. */
  #uncreditedBytes = 0;
  /** Bytes of the answer that the connection has not taken. */
  protected heldBytes = 0;

  constructor({ id, windows, connection, answers, environment, mounted, grpc, head }: CallOptions) {
    super(id, windows);
    this.connection = connection;
    this.answers = answers;
    this.environment = environment;
    this.mounted = mounted;
    this.#head = head;
    this.#grpc = grpc;
    this.startMs = environment.now();
    this.deadlineMs = grpc.timeoutMs === undefined ? Infinity : this.startMs + grpc.timeoutMs;
    mounted.tally.started += 1;
    if (this.deadlineMs !== Infinity) environment.deadlines.add(this);
  }

  metadata(name: string): string | undefined {
    return name.endsWith('-bin') ? undefined : fieldOf(this.#head, name);
  }

  remainingMs(): number | undefined {
    return this.deadlineMs === Infinity ? undefined : this.deadlineMs - this.environment.now();
  }

  get cancelled(): boolean {
    return this.#isCancelled;
  }

  onCancel(callback: () => void): void {
    if (this.#isCancelled) this.guard(callback);
    else if (!this.isEnded) (this.#cancelCallbacks ??= []).push(callback);
  }

  fail(status: Status, trailers?: Trailers): void {
    if (this.finish(status.code)) this.sendEnd(status, trailers);
  }

  override onAbort(): void {
    this.#settle();
    if (this.isEnded) return;
    this.mounted.tally.ended(Code.CANCELLED, this.startMs);
    this.cancel();
  }

  onDeadline(): void {
    if (this.isEnded || this.#isCancelled) return;
    this.mounted.tally.ended(Code.DEADLINE_EXCEEDED, this.startMs);
    this.cancel();
    this.sendEnd(DEADLINE_EXCEEDED, undefined);
  }

  override onSent(bytes: number): void {
    const released = Math.min(bytes, this.heldBytes);
    this.heldBytes -= released;
    this.answers.release(released);
  }

  override onData(chunk: Buffer, isLast: boolean): void {
    this.#uncreditedBytes += chunk.length;
    this.#credit();
    if (this.isEnded || this.#isCancelled) return this.connection.release(chunk.length);
    if (isLast && this.#reader === undefined && this.#isWholeMessage(chunk)) {
      this.receive(chunk.subarray(5));
      this.connection.release(chunk.length);
      return this.readMessages();
    }
    this.reader.add(chunk);
    this.readMessages();
  }

  /** One message without compression, and nothing else: the usual unary request. */
  #isWholeMessage(chunk: Buffer): boolean {
    return (
      chunk.length >= 5 &&
      chunk[0] === 0 &&
      chunk.length - 5 === chunk.readUInt32BE(1) &&
      chunk.length - 5 <= this.environment.messageBytesMax &&
      !this.isPaused
    );
  }

  protected get reader(): MessageReader {
    return (this.#reader ??= new MessageReader(this.environment.messageBytesMax));
  }

  /** Whether the handler has paused the call. */
  protected abstract readonly isPaused: boolean;
  /** A message has come. */
  protected abstract receive(bytes: Buffer): void;
  /** The caller has ended its side, after a whole message. */
  protected abstract receiveEnd(): void;
  /** grpc-go's text for bytes that are not the method's message. */
  protected abstract readonly unreadable: string;

  /** Lets the caller send as many bytes again. While the call is paused it does not, so that the window fills up. */
  #credit(): void {
    if (this.isPaused || this.#uncreditedBytes === 0) return;
    this.connection.credit(this, this.#uncreditedBytes);
    this.#uncreditedBytes = 0;
  }

  protected readMessages(): void {
    this.#credit();
    while (!this.isEnded && !this.#isCancelled && !this.isPaused && !this.#isInflating) {
      const next = this.#reader?.next();
      if (next === undefined) break;
      if ('kind' in next) return this.#refuseMessage(next);
      this.#take(next);
    }
    if (this.isEnded || this.#isCancelled) return this.#releaseHeld();
    if (!this.isRemoteClosed || this.isPaused || this.#isInflating) return;
    if ((this.#reader?.heldBytes ?? 0) > 0) this.#refuseMessage({ kind: 'incomplete' });
    else this.receiveEnd();
  }

  #take({ isCompressed, bytes, framedBytes }: RawMessage): void {
    if (!isCompressed) {
      this.receive(bytes);
      return this.connection.release(framedBytes);
    }
    if (this.#grpc.encoding !== 'gzip') {
      this.connection.release(framedBytes);
      return this.fail({ code: Code.INTERNAL, message: 'grpc: compressed flag set with identity or empty encoding' });
    }
    this.#isInflating = true;
    gunzipBounded(bytes, this.environment.messageBytesMax, (message) => {
      this.#isInflating = false;
      this.connection.release(framedBytes);
      if (this.isEnded || this.#isCancelled) return;
      if (message.kind === 'error') return this.fail(message.status);
      this.receive(message.bytes);
      this.readMessages();
    });
  }

  #refuseMessage(problem: MessageProblem): void {
    this.fail(statusOf(problem, this.environment.messageBytesMax));
    this.#releaseHeld();
  }

  /** Runs code of a handler; an error that it throws fails the call, never the process. */
  protected guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.threw(error);
    }
  }

  protected threw(error: unknown): void {
    this.environment.logger.error('a handler threw', { method: this.mounted.method.path, error });
    this.fail(HANDLER_FAILED);
  }

  protected refuse(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.fail({ code: Code.INTERNAL, message: `grpc: ${this.unreadable} ${reason}` });
  }

  /** @returns true for the first that ends the call, while its caller is there */
  protected finish(code: Code): boolean {
    if (this.isEnded || this.#isCancelled) return false;
    this.isEnded = true;
    if (this.deadlineMs !== Infinity) this.environment.deadlines.delete(this);
    this.mounted.tally.ended(code, this.startMs);
    return true;
  }

  protected sendHeaders(): void {
    if (this.#hasHeaders) return;
    this.#hasHeaders = true;
    this.connection.sendHeaders(this, RESPONSE_HEADERS);
  }

  protected sendEnd(status: Status | undefined, trailers: Trailers | undefined): void {
    const fields = trailersOf(status, trailers, (name) =>
      this.environment.logger.error('trailers left out', { method: this.mounted.method.path, trailer: name }),
    );
    this.connection.end(this, this.#hasHeaders ? fields : trailersOnly(fields));
  }

  /** Counts the unsent bytes of a message against the connection's bound. @param bytes of the message */
  protected hold(bytes: number): void {
    const added = Math.min(bytes, this.queuedBytes - this.heldBytes);
    if (added <= 0) return;
    this.heldBytes += added;
    this.answers.hold(added);
  }

  /** The handler sees a cancelled call. */
  protected cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#settle();
    const callbacks = this.#cancelCallbacks;
    this.#cancelCallbacks = undefined;
    for (const callback of callbacks ?? []) this.guard(callback);
  }

  /** Gives back what the call holds. */
  #settle(): void {
    if (this.deadlineMs !== Infinity) this.environment.deadlines.delete(this);
    this.#releaseHeld();
    this.answers.release(this.heldBytes);
    this.heldBytes = 0;
  }

  #releaseHeld(): void {
    const held = this.#reader?.heldBytes ?? 0;
    this.#reader = undefined;
    if (held > 0) this.connection.release(held);
  }
}

function statusOf(problem: MessageProblem, bytesMax: number): Status {
  switch (problem.kind) {
    case 'too-large':
      return {
        code: Code.RESOURCE_EXHAUSTED,
        message: `grpc: received message larger than max (${problem.bytes} vs. ${bytesMax})`,
      };
    case 'bad-flag':
      return { code: Code.INTERNAL, message: `grpc: received unexpected payload format ${problem.flag}` };
    case 'incomplete':
      return { code: Code.INTERNAL, message: 'grpc: the stream ended inside a message' };
    default:
      return assertNever(problem, 'problem');
  }
}
