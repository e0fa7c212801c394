import type { ServiceError } from '@grpc/grpc-js';
import type { etcdserverpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import type { Connection, OpenStream } from '../calls/connection.js';
import { RaftKvError } from '../errors.js';
import { fromCancelReason, isTokenRefused } from '../calls/failures.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { WATCH } from '../calls/methods.js';
import type { WatchRequest, WatchResponse } from '../calls/methods.js';

/** A member that has lost its leader ends the stream, because it may miss writes without noticing. */
const METADATA = { hasleader: 'true' };

export interface SessionOptions {
  readonly connection: Connection;
  readonly request: etcdserverpb.WatchCreateRequest.$Properties;
  readonly connectTimeoutMs: number;
  /** Deadline for the server to create the watch, on the monotonic clock, in ms. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onCreated: (header: Header) => void;
  /** Called with all fragments of one response. */
  readonly onResponse: (responses: readonly WatchResponse[]) => void;
}

/** One watch at one member, on a stream of its own, so that a slow consumer does not delay other watches. */
export class WatchSession {
  readonly #stream: OpenStream<WatchRequest, WatchResponse>;
  readonly #options: SessionOptions;
  readonly #endpoint: string;
  #fragments: WatchResponse[] = [];
  #created = false;
  /** A progress request that was made before the watch was created: the least revision of its answer. */
  #progressAsked: number | undefined;
  #over = false;
  #fail: (error: RaftKvError) => void = () => undefined;
  /** Resolves with the reason when the session ends. */
  readonly ended = new Promise<RaftKvError>((resolve) => {
    this.#fail = resolve;
  });

  /** @throws RaftKvError if there is no connection in time */
  static async open(options: SessionOptions): Promise<WatchSession> {
    const { connection, request } = options;
    const stream = await connection.open(WATCH, { ...options, kind: WATCH.kind, metadata: METADATA });
    const session = new WatchSession(stream, options);
    stream.call.write({ createRequest: request });
    return session;
  }

  private constructor(stream: OpenStream<WatchRequest, WatchResponse>, options: SessionOptions) {
    const { call } = stream;
    this.#stream = stream;
    this.#options = options;
    this.#endpoint = options.connection.endpoint;
    const late = setTimeout(
      () => this.#end(this.#failure('deadline-exceeded', 'the watch was not created in time')),
      Math.max(0, options.deadlineMs - performance.now()),
    );
    const abort = (): void => this.#end(this.#failure('cancelled', 'the watch was cancelled'));
    options.signal.addEventListener('abort', abort);
    if (options.signal.aborted) abort();
    call.on('data', (response: WatchResponse) => this.#receive(response, late));
    const end = (): void => this.#end(this.#failure('unavailable', 'the member ended the stream'));
    call.on('end', end);
    call.on('error', (error: ServiceError) => {
      // The end comes before the reason of the error is known.
      call.off('end', end);
      void options.connection.whyEnded(error).then((reason) => this.#end(reason));
    });
    void this.ended.then(() => {
      clearTimeout(late);
      options.signal.removeEventListener('abort', abort);
    });
  }

  /** Stops reading, so that the member holds further events back. */
  pause(): void {
    this.#stream.call.pause();
  }

  resume(): void {
    if (this.#stream.call.isPaused()) this.#stream.call.resume();
  }

  /** @param atLeastRevision 0 for any; a member of etcd ignores it */
  askProgress(atLeastRevision: number): void {
    const progressRequest = atLeastRevision > 0 ? { atLeastRevision } : {};
    if (!this.#created) this.#progressAsked = atLeastRevision;
    // What waits to be sent already asks for it, or will be followed by a repeat.
    else if (!this.#stream.call.writableNeedDrain) this.#stream.call.write({ progressRequest });
  }

  /** Ends the session, so that the watch goes on at another member. */
  moveOn(): void {
    this.#end(this.#failure('unavailable', 'the member does not keep up'));
  }

  #receive(response: WatchResponse, late: NodeJS.Timeout): void {
    // gRPC still delivers responses that arrived before the end.
    if (this.#over) return;
    if (response.canceled) return this.#end(this.#whyCancelled(response));
    if (response.created) {
      clearTimeout(late);
      this.#created = true;
      this.#options.onCreated(toHeader(response.header));
      if (this.#progressAsked !== undefined) this.askProgress(this.#progressAsked);
      return;
    }
    this.#fragments.push(response);
    if (response.fragment) return;
    this.#options.onResponse(this.#fragments.splice(0));
  }

  #whyCancelled(response: WatchResponse): RaftKvError {
    const compactRevision = clampInteger(response.compactRevision);
    if (compactRevision === 0) return fromCancelReason(response.cancelReason, this.#endpoint);
    const message = `${this.#endpoint}: the start revision has been compacted; the first revision that can be watched is ${compactRevision}`;
    return new RaftKvError({ code: 'compacted', message, fate: 'not-applied', retryable: false, compactRevision });
  }

  #failure(code: 'unavailable' | 'deadline-exceeded' | 'cancelled', message: string): RaftKvError {
    return new RaftKvError({ code, message: `${this.#endpoint}: ${message}`, fate: 'not-applied', retryable: true });
  }

  #end(error: RaftKvError): void {
    this.#over = true;
    if (isTokenRefused(error)) this.#stream.refuseToken();
    this.#stream.call.cancel();
    this.#fail(error);
  }
}
