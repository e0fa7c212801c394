import { Client as GrpcClient, connectivityState, credentials, Metadata } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { onAbort } from '../../util/abort.js';
import { asBuffer } from '../../util/bytes.js';
import { asError } from '../../util/error.js';
import { invalidArgument, RaftKvError, withFate } from '../errors.js';
import { fromServiceError, isServiceError, notConnected } from './failures.js';
import type { CallKind } from './failures.js';
import type { Method } from './methods.js';

const CHANNEL_OPTIONS = {
  // Reconnects soon after a member restarts; grpc's default backoff grows to two minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  // Detects dead connections, as behind a cut link. Servers reject pings less than 5 s apart.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  // Rejecting a large answer here would leave the fate of a write unknown. Servers limit the size of answers.
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // A client shares no connection with another, so that closing it closes its connections.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
  // Members are reached directly, without a web proxy.
  'grpc.enable_http_proxy': 0,
};

export interface AttemptOptions {
  /** Deadline of the attempt, on the monotonic clock, in ms. */
  readonly deadlineMs: number;
  /** Longest wait for a connection, in ms. */
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly kind: CallKind;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One attempt of a call at one member, after it has ended; for a bidirectional stream, after it was opened. */
export interface CallAttempt {
  /** host:port */
  readonly endpoint: string;
  /** The path of the method, such as /etcdserverpb.KV/Range. */
  readonly method: string;
  /** Duration in ms. */
  readonly tookMs: number;
  /** Undefined if the attempt succeeded. */
  readonly error: Error | undefined;
}

export type OnAttempt = (attempt: CallAttempt) => void;

/** The HTTP/2 connection to one member, made on first use and again after it breaks. */
export class Connection {
  /** host:port, or unix:///path */
  readonly endpoint: string;
  readonly #client: GrpcClient;
  readonly #onAttempt: OnAttempt | undefined;
  readonly #calls = new Set<{ cancel(): void }>();
  #closed = false;

  /** @throws RaftKvError `invalid-argument` if the endpoint is malformed */
  constructor(endpoint: string, onAttempt?: OnAttempt) {
    this.endpoint = parseEndpoint(endpoint);
    this.#onAttempt = onAttempt;
    this.#client = new GrpcClient(targetOf(this.endpoint), credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  /** Makes one attempt of a call. @throws RaftKvError */
  async attempt<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: AttemptOptions,
  ): Promise<Response> {
    return await this.#observed(method, async () => {
      await this.#ready(options);
      return await this.#send(method, request, options);
    });
  }

  /** Makes one attempt of a call that is answered by a stream, which the consumer's pace governs. @throws RaftKvError */
  async *stream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: AttemptOptions,
  ): AsyncGenerator<Response, void, undefined> {
    const startMs = performance.now();
    await this.#observed(method, () => this.#ready(options), 'failure');
    const { deadlineMs, signal } = options;
    let failure: Error | undefined;
    const call = this.#client.makeServerStreamRequest(
      method.path,
      (message: Request) => asBuffer(method.encode(message)),
      (body: Buffer) => method.decode(body),
      request,
      toMetadata(options.metadata),
      { deadline: epoch(deadlineMs) },
    );
    // A consumer that stops early cancels the call; the error of that is expected.
    call.on('error', () => undefined);
    this.#calls.add(call);
    const forget = onAbort([signal], () => call.cancel());
    try {
      for await (const response of call) yield response as Response;
    } catch (error) {
      failure = this.#explain(asError(error), options);
      throw failure;
    } finally {
      this.#calls.delete(call);
      forget();
      call.cancel();
      this.#report(method, startMs, failure);
    }
  }

  /**
   * Opens a bidirectional stream once there is a connection. The caller ends it.
   * @throws RaftKvError `unavailable` if there is no connection in time
   */
  async open<Request, Response>(
    method: Method<Request, Response>,
    options: Omit<AttemptOptions, 'kind'> & { readonly metadata: Readonly<Record<string, string>> },
  ): Promise<ClientDuplexStream<Request, Response>> {
    await this.#observed(method, () => this.#ready(options));
    const call = this.#client.makeBidiStreamRequest(
      method.path,
      (message: Request) => asBuffer(method.encode(message)),
      (body: Buffer) => method.decode(body),
      toMetadata(options.metadata),
    );
    this.#calls.add(call);
    call.on('status', () => this.#calls.delete(call));
    return call;
  }

  /** Cancels the calls in progress, which reject as `closed`. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls) call.cancel();
    this.#client.close();
  }

  /** Reports the end of the work to the observer. @param when `failure`: a success is reported later */
  async #observed<T>(method: { readonly path: string }, work: () => Promise<T>, when?: 'failure'): Promise<T> {
    const startMs = performance.now();
    try {
      const result = await work();
      if (when !== 'failure') this.#report(method, startMs, undefined);
      return result;
    } catch (error) {
      this.#report(method, startMs, asError(error));
      throw error;
    }
  }

  #report(method: { readonly path: string }, startMs: number, error: Error | undefined): void {
    this.#onAttempt?.({ endpoint: this.endpoint, method: method.path, tookMs: performance.now() - startMs, error });
  }

  async #ready(options: Omit<AttemptOptions, 'kind'>): Promise<void> {
    if (this.#client.getChannel().getConnectivityState(true) !== connectivityState.READY) await this.#connect(options);
    if (this.#closed) throw closedError('not-applied');
    if (options.signal?.aborted === true) throw cancelledError('not-applied', options.signal);
  }

  /**
   * Waits until the connection is made. A call would wait too, but until its own deadline, which would leave no time for
   * the other members, and without showing afterwards whether it was sent.
   */
  async #connect(options: Omit<AttemptOptions, 'kind'>): Promise<void> {
    const channel = this.#client.getChannel();
    const giveUpMs = Math.min(options.deadlineMs, performance.now() + options.connectTimeoutMs);
    for (;;) {
      const state = channel.getConnectivityState(true);
      if (state !== connectivityState.IDLE && state !== connectivityState.CONNECTING) return;
      if (this.#closed || options.signal?.aborted === true) return;
      await new Promise<void>((resolve) => {
        const forget = onAbort([options.signal], resolve);
        channel.watchConnectivityState(state, epoch(giveUpMs), () => {
          forget();
          resolve();
        });
      });
      if (performance.now() >= giveUpMs && channel.getConnectivityState(false) === state) {
        throw notConnected(this.endpoint);
      }
    }
  }

  #send<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    { deadlineMs, signal, kind, metadata }: AttemptOptions,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        method.path,
        (message: Request) => asBuffer(method.encode(message)),
        (body: Buffer) => method.decode(body),
        request,
        toMetadata(metadata),
        { deadline: epoch(deadlineMs) },
        (error, response) => {
          this.#calls.delete(call);
          forget();
          if (error === null && response !== undefined) resolve(response);
          else reject(this.#explain(error, { signal, kind }));
        },
      );
      this.#calls.add(call);
      const forget = onAbort([signal], () => call.cancel());
    });
  }

  #explain(error: Error | null, { signal, kind }: { signal: AbortSignal | undefined; kind: CallKind }): Error {
    const failure = isServiceError(error) ? fromServiceError(error, kind, this.endpoint) : undefined;
    const fate = failure?.fate ?? (kind === 'read' ? 'not-applied' : 'unknown');
    // An answer that arrived despite the cancellation is used.
    if (failure === undefined || failure.code === 'cancelled') {
      if (this.#closed) return closedError(fate);
      if (signal?.aborted === true) return cancelledError(fate, signal);
    }
    return failure ?? error ?? new TypeError(`${this.endpoint}: neither an answer nor an error`);
  }
}

export function closedError(fate: RaftKvError['fate']): RaftKvError {
  return new RaftKvError({ code: 'closed', message: withFate('the client is closed', fate), fate, retryable: false });
}

export function cancelledError(fate: RaftKvError['fate'], signal: AbortSignal): RaftKvError {
  const cause: unknown = signal.reason;
  const message = withFate('the call was cancelled', fate);
  return new RaftKvError({ code: 'cancelled', message, fate, retryable: false, cause });
}

function toMetadata(values: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  return metadata;
}

/** The scheme of a socket of the file system, followed by its path. */
const SOCKET = 'unix://';

/** The name of an endpoint for the gRPC library, which takes a relative path only without slashes after the scheme. */
function targetOf(endpoint: string): string {
  return endpoint.startsWith(SOCKET) ? `unix:${endpoint.slice(SOCKET.length)}` : endpoint;
}

/** A monotonic time as the wall-clock time that gRPC takes. */
function epoch(monotonicMs: number): number {
  return Date.now() + Math.max(0, monotonicMs - performance.now());
}

/**
 * Accepts host:port, host, http://host:port, with IPv6 hosts in brackets, :port for this machine as Go does, and
 * unix:///path or unix:/path for a socket of the file system. The scheme may be in capitals.
 * @returns host:port, or unix:///path as members print it
 * @throws RaftKvError `invalid-argument` if the endpoint is malformed
 */
export function parseEndpoint(text: string): string {
  const [, afterSlashes, absolute] = /^unix:(?:\/\/(.+)|(\/.+))$/i.exec(text.trim()) ?? [];
  const socket = afterSlashes ?? absolute;
  if (socket !== undefined) return `${SOCKET}${socket}`;
  const match = /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|[^/:?#@\s]+|(?=:\d))(?::(\d{1,5}))?\/?$/i.exec(text.trim());
  const port = Number(match?.[3] ?? 2379);
  if (match === null || port > 65_535) {
    throw invalidArgument(`"${text}" is not an endpoint, as in 127.0.0.1:2379 or http://127.0.0.1:2379`);
  }
  if (match[1]?.toLowerCase() === 'https') throw invalidArgument(`"${text}": TLS is not supported yet, use http`);
  return `${match[2] === '' ? 'localhost' : match[2]}:${port}`;
}
