import { Client as GrpcClient, connectivityState } from '@grpc/grpc-js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { onAbort } from '../../util/abort.js';
import { asBuffer } from '../../util/bytes.js';
import { asError } from '../../util/error.js';
import type { Token, Tokens } from '../auth/tokens.js';
import { mayRenew, metadataOf, pauseBefore, withToken } from '../auth/with-token.js';
import type { RaftKvError } from '../errors.js';
import type { EndpointSecurity, TransportSecurity } from '../tls/transport-security.js';
import { CHANNEL_OPTIONS, epoch, toMetadata } from './channel.js';
import type { Endpoint } from './endpoint.js';
import { cancelledError, closedError } from './ended-errors.js';
import { fromServiceError, handshakeError, isCutEarly, isServiceError, notConnected } from './failures.js';
import type { CallKind } from './failures.js';
import type { Method } from './method.js';

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

/** What the connections of one client share. */
export interface ConnectionOptions {
  readonly security: TransportSecurity;
  /** Undefined without a user. */
  readonly tokens: Tokens | undefined;
  readonly onAttempt: OnAttempt | undefined;
}

/** A bidirectional stream that has been opened. */
export interface OpenStream<Request, Response> {
  readonly call: ClientDuplexStream<Request, Response>;
  /** To be called if the member ended the stream because it refused the client's token: the next stream gets another. */
  readonly refuseToken: () => void;
}

/** The HTTP/2 connection to one member, made on first use and again after it breaks. */
export class Connection {
  /** Its name: host:port or unix:///path, after the scheme if that is not the default one. */
  readonly endpoint: string;
  readonly #address: Endpoint;
  readonly #client: GrpcClient;
  readonly #security: EndpointSecurity;
  readonly #tokens: Tokens | undefined;
  readonly #onAttempt: OnAttempt | undefined;
  readonly #calls = new Set<{ cancel(): void }>();
  #closed = false;

  constructor(address: Endpoint, { security, tokens, onAttempt }: ConnectionOptions) {
    this.#address = address;
    this.endpoint = address.name;
    this.#tokens = tokens;
    this.#onAttempt = onAttempt;
    this.#security = security.for(address);
    this.#client = new GrpcClient(address.target, this.#security.credentials, CHANNEL_OPTIONS);
  }

  /** Whether this is the connection to the member at the address. */
  leadsTo({ target, secure }: Endpoint): boolean {
    return this.#address.target === target && this.#address.secure === secure;
  }

  /** Makes one attempt of a call, with another token if the member refuses the first one. @throws RaftKvError */
  async attempt<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: AttemptOptions,
  ): Promise<Response> {
    const tokens = method.anonymous === true ? undefined : this.#tokens;
    return await withToken(tokens, options, (token) =>
      this.#observed(method, async () => {
        await this.#ready(options);
        return await this.#send(method, request, { ...options, metadata: { ...options.metadata, ...token } });
      }),
    );
  }

  /** Makes one attempt of a call that is answered by a stream, which the consumer's pace governs. @throws RaftKvError */
  async *stream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: AttemptOptions,
  ): AsyncGenerator<Response, void, undefined> {
    for (let renewals = 0; ; renewals++) {
      const token = await this.#tokens?.current(options);
      let started = false;
      try {
        for await (const response of this.#stream(method, request, withMetadata(options, token))) {
          started = true;
          yield response;
        }
        return;
      } catch (error) {
        if (token === undefined || !mayRenew(error, renewals)) throw error;
        this.#tokens?.refuse(token);
        if (started || performance.now() >= options.deadlineMs) throw error;
        await pauseBefore(renewals);
      }
    }
  }

  async *#stream<Request, Response>(
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
      failure = await this.#explain(asError(error), options);
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
    options: AttemptOptions,
  ): Promise<OpenStream<Request, Response>> {
    const token = await this.#tokens?.current(options);
    await this.#observed(method, () => this.#ready(options));
    const call = this.#client.makeBidiStreamRequest(
      method.path,
      (message: Request) => asBuffer(method.encode(message)),
      (body: Buffer) => method.decode(body),
      toMetadata(withMetadata(options, token).metadata),
    );
    this.#calls.add(call);
    call.on('status', () => this.#calls.delete(call));
    return { call, refuseToken: () => void (token === undefined || this.#tokens?.refuse(token)) };
  }

  /** The reason of the end of a bidirectional stream. */
  async whyEnded(error: ServiceError): Promise<RaftKvError> {
    return await this.#withHandshake(fromServiceError(error, 'read', this.endpoint));
  }

  /** Cancels the calls in progress, which reject as `closed`, and begins no others but a farewell. */
  end(): void {
    this.#closed = true;
    for (const call of this.#calls) call.cancel();
  }

  /**
   * Sends a last call, if there is a connection, and a token where one is needed. It is best effort: an error changes nothing.
   * @returns whether it was sent
   */
  async farewell<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    timeoutMs: number,
  ): Promise<boolean> {
    const token = this.#tokens?.present;
    const isReady = this.#client.getChannel().getConnectivityState(false) === connectivityState.READY;
    if (!isReady || (this.#tokens !== undefined && token === undefined)) return false;
    const metadata = token === undefined ? {} : metadataOf(token);
    const deadlineMs = performance.now() + timeoutMs;
    const startMs = performance.now();
    const failure = await this.#send(method, request, {
      deadlineMs,
      signal: undefined,
      kind: method.kind,
      metadata,
    }).then(() => undefined, asError);
    this.#report(method, startMs, failure);
    return true;
  }

  close(): void {
    this.end();
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
    const channel = this.#client.getChannel();
    if (channel.getConnectivityState(true) !== connectivityState.READY) {
      await this.#connect(options);
      if (channel.getConnectivityState(false) === connectivityState.READY) this.#security.succeeded();
    }
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
    { deadlineMs, signal, kind, metadata }: Omit<AttemptOptions, 'connectTimeoutMs'>,
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
          else void this.#explain(error, { signal, kind }).then(reject, reject);
        },
      );
      this.#calls.add(call);
      const forget = onAbort([signal], () => call.cancel());
    });
  }

  async #explain(
    error: Error | null,
    { signal, kind }: { readonly signal: AbortSignal | undefined; readonly kind: CallKind },
  ): Promise<Error> {
    const failure = isServiceError(error) ? fromServiceError(error, kind, this.endpoint) : undefined;
    const fate = failure?.fate ?? (kind === 'read' ? 'not-applied' : 'unknown');
    // An answer that arrived despite the cancellation is used.
    if (failure === undefined || failure.code === 'cancelled') {
      if (this.#closed) return closedError(fate);
      if (signal?.aborted === true) return cancelledError(fate, signal);
    }
    if (failure !== undefined) return await this.#withHandshake(failure);
    return error ?? new TypeError(`${this.endpoint}: neither an answer nor an error`);
  }

  /** Explains a connection that was closed before it could be used by its TLS handshake, if that is the reason. */
  async #withHandshake(failure: RaftKvError): Promise<RaftKvError> {
    const handshake = isCutEarly(failure) ? await this.#security.failure() : undefined;
    return handshake === undefined ? failure : handshakeError(this.endpoint, handshake, failure);
  }
}

function withMetadata(options: AttemptOptions, token: Token | undefined): AttemptOptions {
  return token === undefined ? options : { ...options, metadata: { ...options.metadata, ...metadataOf(token) } };
}
