import { ErrorCode } from '../http2/errors.js';
import type { Frame } from '../http2/frame.js';
import type { OutgoingField } from '../http2/hpack-encoder.js';
import { ServerStream } from '../http2/stream.js';
import type { CallerCertificate, Trailers } from '../service.js';
import type { HeldBuffer } from '../unfinished-requests.js';
import { Code, type Status } from '../status.js';
import type { CallOrigin } from './call-origin.js';
import { fieldOf } from './grpc-head.js';
import { statusOf, type MessageProblem } from './message-problem.js';
import { MessageReader, PREFIX_BYTES, type RawMessage } from './message-reader.js';
import { OK_TRAILERS, RESPONSE_HEADERS, trailersOf, trailersOnly } from './responses.js';

const HANDLER_FAILED: Status = { code: Code.INTERNAL, message: 'internal error' };
const DEADLINE_EXCEEDED: Status = { code: Code.DEADLINE_EXCEEDED, message: 'context deadline exceeded' };

export interface OpenedCall {
  readonly origin: CallOrigin;
  /** Bytes of its head that are counted in `origin.requests`. */
  readonly headBytes: number;
}

/** A call of any kind: the stream that carries it, and what the handler sees. */
export abstract class NativeCall extends ServerStream {
  protected readonly origin: CallOrigin;
  /** When the call began, in ms of the environment's clock. */
  protected readonly startMs: number;
  /** Infinity without a deadline. */
  readonly deadlineMs: number;
  credential: object | undefined = undefined;
  /** The handler, or the host in its place, has ended the call. */
  protected isEnded = false;
  /** Nothing can be sent any more. */
  #isCancelled = false;
  protected hasHeaders = false;
  #cancelCallbacks: (() => void)[] | undefined = undefined;
  #reader: MessageReader | undefined = undefined;
  /** A compressed message is being inflated: what follows waits. */
  #isInflating = false;
  /** Bytes received and not returned to the caller's window. */
  #uncreditedBytes = 0;
  /** Bytes of the incomplete message that are counted in `origin.requests`. */
  #countedBytes = 0;
  /** Bytes of the head that are counted there until the call ends. */
  #heldBytes: number;
  /** The buffer of a whole request, which is counted there until the call ends. */
  #heldBuffer: HeldBuffer | undefined = undefined;
  /** Bytes of the answer that the connection has not taken. */
  #unsentBytes = 0;

  constructor(id: number, { origin, headBytes }: OpenedCall) {
    super(id);
    this.origin = origin;
    this.#heldBytes = headBytes;
    this.startMs = origin.connection.receivedMs;
    origin.mounted.tally.started += 1;
    if (origin.grpc.timeoutMs === undefined) this.deadlineMs = Infinity;
    else {
      this.deadlineMs = origin.environment.now() + origin.grpc.timeoutMs;
      origin.environment.deadlines.add(this);
    }
  }

  get certificate(): CallerCertificate | undefined {
    return this.origin.certificate;
  }

  get remote(): string | undefined {
    return this.origin.connection.remote;
  }

  metadata(name: string): string | undefined {
    return name.endsWith('-bin') ? undefined : fieldOf(this.origin.head, name);
  }

  remainingMs(): number | undefined {
    return this.deadlineMs === Infinity ? undefined : this.deadlineMs - this.origin.environment.now();
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
    this.origin.mounted.tally.ended(Code.CANCELLED, this.startMs);
    this.cancel();
  }

  onDeadline(): void {
    if (this.isEnded || this.#isCancelled) return;
    this.origin.mounted.tally.ended(Code.DEADLINE_EXCEEDED, this.startMs);
    this.cancel();
    this.sendEnd(DEADLINE_EXCEEDED, undefined);
  }

  override onSent(bytes: number): void {
    const released = Math.min(bytes, this.#unsentBytes);
    this.#unsentBytes -= released;
    this.origin.answers.release(released);
  }

  override onData(frame: Frame, isLast: boolean): void {
    if (isLast && this.#reader === undefined && !this.isPaused && this.#isWholeMessage(frame)) {
      this.receive(frame.bytes.subarray(frame.begin + PREFIX_BYTES, frame.end));
      if (!this.isEnded && !this.isPaused) this.receiveEnd();
      return;
    }
    this.#uncreditedBytes += frame.length;
    if (this.isEnded || this.#isCancelled) return this.#credit();
    const reader = (this.#reader ??= new MessageReader(this.origin.environment.messageBytesMax));
    reader.add(frame.bytes, frame.begin, frame.end);
    this.readMessages();
  }

  /** One message without compression, and nothing else: the usual unary request. */
  #isWholeMessage({ bytes, begin, length }: Frame): boolean {
    if (length < PREFIX_BYTES || bytes[begin] !== 0 || this.isEnded || this.#isCancelled) return false;
    const messageBytes = length - PREFIX_BYTES;
    return messageBytes <= this.origin.environment.messageBytesMax && messageBytes === bytes.readUInt32BE(begin + 1);
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
    this.origin.connection.credit(this, this.#uncreditedBytes);
    this.#uncreditedBytes = 0;
  }

  /** Takes the messages that are complete, as far as the handler wants them, and keeps the rest. */
  protected readMessages(): void {
    this.#credit();
    this.#takeMessages();
    if (this.#reader === undefined) return;
    this.#reader.keep();
    this.#count(this.#reader);
  }

  #takeMessages(): void {
    while (!this.isEnded && !this.#isCancelled && !this.isPaused && !this.#isInflating) {
      const next = this.#reader?.next();
      if (next === undefined) break;
      if ('kind' in next) return this.#refuseMessage(next);
      this.#take(next);
    }
    if (this.isEnded || this.#isCancelled) return this.#dropReader();
    if (!this.isRemoteClosed || this.isPaused || this.#isInflating) return;
    if (this.#reader?.isEmpty === false) this.#refuseMessage({ kind: 'incomplete' });
    else this.receiveEnd();
  }

  #take({ isCompressed, bytes }: RawMessage): void {
    if (!isCompressed) return this.receive(bytes);
    const { encoding } = this.origin.grpc;
    if (encoding !== 'gzip') {
      return this.fail({ code: Code.INTERNAL, message: 'grpc: compressed flag set with identity or empty encoding' });
    }
    this.#inflate(Buffer.from(bytes));
  }

  /** @param bytes not a view of a chunk, which would stay in memory as long as the message waits */
  #inflate(bytes: Buffer): void {
    const { connection, environment, requests } = this.origin;
    this.#isInflating = true;
    const isWithinBound = requests.count(bytes.length);
    environment.inflater.inflate({
      owner: connection,
      bytes,
      isWanted: () => !this.isEnded && !this.#isCancelled,
      done: (message) => {
        this.#isInflating = false;
        requests.count(-bytes.length);
        if (message === undefined || this.isEnded || this.#isCancelled) return;
        if (message.kind === 'error') {
          if (message.status.code === Code.RESOURCE_EXHAUSTED) environment.onLimit('request_bytes');
          return this.fail(message.status);
        }
        this.receive(message.bytes);
        this.readMessages();
      },
    });
    if (!isWithinBound) this.#resetAboveBound();
  }

  #refuseMessage(problem: MessageProblem): void {
    if (problem.kind === 'too-large') this.origin.environment.onLimit('request_bytes');
    this.fail(statusOf(problem, this.origin.environment.messageBytesMax));
    this.#dropReader();
  }

  /** Counts the reader's buffer against the bound of the connection, beyond which the call ends. */
  #count(reader: MessageReader): void {
    const change = reader.bufferBytes - this.#countedBytes;
    if (change === 0) return;
    this.#countedBytes += change;
    if (!this.origin.requests.count(change)) this.#resetAboveBound();
  }

  /** The connection has too many bytes of incomplete requests. */
  #resetAboveBound(): void {
    this.origin.environment.onLimit('request_memory');
    this.origin.connection.reset(this, ErrorCode.ENHANCE_YOUR_CALM);
    this.onAbort();
  }

  #dropReader(): void {
    this.#reader = undefined;
    if (this.#countedBytes === 0) return;
    this.origin.requests.count(-this.#countedBytes);
    this.#countedBytes = 0;
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
    const { environment, mounted } = this.origin;
    environment.logger.error('a handler threw', { method: mounted.method.path, error });
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
    this.#releaseRequest();
    const { environment, mounted } = this.origin;
    if (this.deadlineMs !== Infinity) environment.deadlines.delete(this);
    mounted.tally.ended(code, this.startMs);
    return true;
  }

  protected sendHeaders(): void {
    if (this.hasHeaders) return;
    this.hasHeaders = true;
    this.origin.connection.sendHeaders(this, RESPONSE_HEADERS);
  }

  protected sendEnd(status: Status | undefined, trailers: Trailers | undefined): void {
    const fields = this.trailerFields(status, trailers);
    this.origin.connection.end(this, this.hasHeaders ? fields : trailersOnly(fields));
  }

  protected trailerFields(status: Status | undefined, trailers: Trailers | undefined): readonly OutgoingField[] {
    if (status === undefined && trailers === undefined) return OK_TRAILERS;
    const { environment, mounted } = this.origin;
    return trailersOf(status, trailers, (name) =>
      environment.logger.error('trailers left out', { method: mounted.method.path, trailer: name }),
    );
  }

  /** Counts what has become unsent of an answer against the connection's bound. @param bytes of the answer */
  protected hold(bytes: number): void {
    const added = Math.min(bytes, this.queuedBytes - this.#unsentBytes);
    if (added <= 0) return;
    this.#unsentBytes += added;
    this.origin.answers.hold(added);
  }

  /** The handler sees a cancelled call. */
  protected cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#stopReading();
    const callbacks = this.#cancelCallbacks;
    this.#cancelCallbacks = undefined;
    for (const callback of callbacks ?? []) this.guard(callback);
  }

  #stopReading(): void {
    if (this.deadlineMs !== Infinity) this.origin.environment.deadlines.delete(this);
    this.#dropReader();
    this.#releaseRequest();
  }

  /** Counts the buffer of a whole request until the call ends. @returns false if there is no room for it */
  protected holdRequest({ buffer }: Buffer): boolean {
    this.#heldBuffer = this.origin.requests.hold(buffer);
    if (this.#heldBuffer !== undefined) return true;
    this.origin.environment.onLimit('request_memory');
    return false;
  }

  #releaseRequest(): void {
    if (this.#heldBuffer !== undefined) {
      this.origin.requests.release(this.#heldBuffer);
      this.#heldBuffer = undefined;
    }
    if (this.#heldBytes === 0) return;
    this.origin.requests.count(-this.#heldBytes);
    this.#heldBytes = 0;
  }

  /** Gives back what the call holds: nothing more of its answer is sent. */
  #settle(): void {
    this.#stopReading();
    if (this.#unsentBytes === 0) return;
    this.origin.answers.release(this.#unsentBytes);
    this.#unsentBytes = 0;
  }
}
