import type { Metadata } from '@grpc/grpc-js';
import type { Logger } from '../../util/logger.js';
import type { ConnectionAnswers } from '../answer-room.js';
import type { CallerCertificate, Trailers } from '../service.js';
import { Code, type Status } from '../status.js';
import type { CallTally } from '../tally.js';
import type { RawCall } from './internals.js';
import { firstText, toMetadata } from './metadata.js';

/** The caller's view of an error in a handler; the log has the error itself. */
const HANDLER_FAILED: Status = { code: Code.INTERNAL, message: 'internal error' };

/** Shared by the calls of one connection. */
export interface CallConnection {
  /** The memory for answers. */
  readonly answers: ConnectionAnswers;
  readonly certificate: CallerCertificate | undefined;
}

/** Shared by the calls of one method. */
export interface CallOrigin {
  readonly path: string;
  readonly logger: Logger;
  readonly tally: CallTally;
  /** A call's connection; undefined once it is closed. */
  readonly connectionOf: (raw: RawCall) => CallConnection | undefined;
}

/** Common to all kinds of calls. grpc-js reports a call that ended well as cancelled too: `ended` distinguishes them. */
export abstract class GrpcJsCall {
  protected ended = false;
  readonly #raw: RawCall;
  protected readonly origin: CallOrigin;
  /** When the call began, by `performance.now()`. */
  protected readonly startMs = performance.now();
  protected readonly answers: ConnectionAnswers | undefined;
  readonly certificate: CallerCertificate | undefined;

  constructor(raw: RawCall, origin: CallOrigin) {
    this.#raw = raw;
    this.origin = origin;
    const connection = origin.connectionOf(raw);
    this.answers = connection?.answers;
    this.certificate = connection?.certificate;
    origin.tally.started += 1;
  }

  get remote(): string {
    return this.#raw.getPeer();
  }

  metadata(name: string): string | undefined {
    return firstText(this.#raw.metadata, name);
  }

  remainingMs(): number | undefined {
    const deadline = this.#raw.getDeadline();
    const atMs = typeof deadline === 'number' ? deadline : deadline.getTime();
    return atMs === Infinity ? undefined : atMs - Date.now();
  }

  abstract fail(status: Status, trailers?: Trailers): void;

  /** Runs code of a handler. An error that it throws ends the call, not the process. */
  protected guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.threw(error);
    }
  }

  threw(error: unknown): void {
    this.origin.logger.error('a handler threw', { method: this.origin.path, error });
    this.fail(HANDLER_FAILED);
  }

  /** grpc-go's text for bytes that cannot be decoded, in front of the reason. */
  protected abstract readonly unreadable: string;

  protected refuse(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.fail({ code: Code.INTERNAL, message: `grpc: ${this.unreadable} ${reason}` });
  }

  /** Leaves out trailers that are not valid headers: a handler's mistake must not cost the caller its answer. */
  protected trailers(trailers: Trailers | undefined): Metadata | undefined {
    try {
      return toMetadata(trailers);
    } catch (error) {
      this.origin.logger.error('trailers left out', { method: this.origin.path, error });
      return undefined;
    }
  }
}
