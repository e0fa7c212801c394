import type { ServiceError } from '@grpc/grpc-js';
import type { etcdserverpb } from '../../gen/proto.js';
import type { Connection, OpenStream } from '../calls/connection.js';
import { RaftKvError } from '../errors.js';
import { isTokenRefused } from '../calls/failures.js';
import { toKeepAlive } from './lease-requests.js';
import type { LeaseKeepAliveResult } from './lease-requests.js';
import { LEASE_KEEP_ALIVE } from '../calls/methods.js';
import { leaseIdToWire } from '../calls/ids.js';

/** A member that has lost its leader ends the stream, so that another is tried. */
const METADATA = { hasleader: 'true' };

export interface KeepAliveStreamOptions {
  readonly connection: Connection;
  readonly connectTimeoutMs: number;
  /** Deadline for the connection, on the monotonic clock, in ms. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onAnswer: (answer: LeaseKeepAliveResult) => void;
}

type Request = etcdserverpb.LeaseKeepAliveRequest.$Properties;
type Response = ReturnType<typeof LEASE_KEEP_ALIVE.decode>;

/** A stream to one member that renews any number of leases. */
export class KeepAliveStream {
  readonly #stream: OpenStream<Request, Response>;
  readonly #endpoint: string;
  #settle: (error: RaftKvError) => void = () => undefined;
  /** Resolves with the reason when the stream ends. */
  readonly ended = new Promise<RaftKvError>((resolve) => {
    this.#settle = resolve;
  });

  /** @throws RaftKvError if there is no connection in time */
  static async open(options: KeepAliveStreamOptions): Promise<KeepAliveStream> {
    const { kind } = LEASE_KEEP_ALIVE;
    const stream = await options.connection.open(LEASE_KEEP_ALIVE, { ...options, kind, metadata: METADATA });
    return new KeepAliveStream(stream, options);
  }

  private constructor(stream: OpenStream<Request, Response>, options: KeepAliveStreamOptions) {
    const { connection, signal, onAnswer } = options;
    const { call } = stream;
    this.#stream = stream;
    this.#endpoint = connection.endpoint;
    const abort = (): void => this.end('the stream was cancelled');
    signal.addEventListener('abort', abort);
    call.on('data', (answer: Response) => onAnswer(toKeepAlive(answer)));
    const end = (): void => this.end('the member ended the stream');
    call.on('end', end);
    call.on('error', (error: ServiceError) => {
      // The end comes before the reason of the error is known.
      call.off('end', end);
      void connection.whyEnded(error).then((reason) => this.#fail(reason));
    });
    void this.ended.then(() => signal.removeEventListener('abort', abort));
  }

  send(id: bigint): void {
    this.#stream.call.write({ ID: leaseIdToWire(id) });
  }

  end(reason: string): void {
    const message = `${this.#endpoint}: ${reason}`;
    this.#settle(new RaftKvError({ code: 'unavailable', message, fate: 'not-applied', retryable: true }));
    this.#stream.call.cancel();
  }

  #fail(reason: RaftKvError): void {
    if (isTokenRefused(reason)) this.#stream.refuseToken();
    this.#settle(reason);
  }
}
