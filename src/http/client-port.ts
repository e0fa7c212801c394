import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GrpcJsHost, type GrpcJsHostOptions } from '../rpc/host-grpc-js.js';
import { answerText, TEXT } from './answers.js';
import { splitByFirstBytes, type Speakers } from './first-bytes.js';
import { HttpHost } from './host.js';

export interface ClientPortOptions extends GrpcJsHostOptions {
  /** Handles requests of HTTP/1.1; without it the port serves gRPC alone. */
  readonly handle: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** How long a connection may say nothing at all, in ms. Default 30,000. */
  readonly silenceMs?: number;
  /** See HttpHostOptions. */
  readonly headMs?: number;
}

const DEFAULT_SILENCE_MS = 30_000;

/** gRPC and HTTP/1.1 on one port: a connection goes to the host whose protocol its first bytes are. */
export class ClientPort {
  readonly #grpc: GrpcJsHost;
  readonly #http: HttpHost;
  readonly #speakers: Speakers;

  constructor({ handle, silenceMs = DEFAULT_SILENCE_MS, headMs, ...options }: ClientPortOptions) {
    this.#grpc = new GrpcJsHost(options);
    const { logger, maxConcurrentStreams: requestsMax } = options;
    this.#http = new HttpHost({
      handle: handle ?? refuseHttp,
      logger,
      ...(headMs === undefined ? {} : { headMs }),
      ...(requestsMax === undefined ? {} : { requestsMax }),
    });
    this.#speakers = {
      silenceMs,
      http1: (socket) => this.#http.accept(socket),
      http2: (socket) => this.#grpc.accept(socket),
    };
  }

  accept(socket: Socket): void {
    splitByFirstBytes(socket, this.#speakers);
  }

  /** As that of the hosts: calls that run may end within `graceMs`. */
  async close(options: { readonly graceMs: number }): Promise<void> {
    await Promise.all([this.#grpc.close(options), this.#http.close(options)]);
  }
}

/** The port serves gRPC alone. */
function refuseHttp(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  answerText(response, 421, 'This port serves gRPC alone: HTTP has its own, see --listen-client-http-urls.\n', TEXT);
}
