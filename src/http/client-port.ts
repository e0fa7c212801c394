import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { InputTurns } from '../util/input-turns.js';
import type { OnLimit } from '../util/limit-hits.js';
import type { SocketHost } from '../rpc/host.js';
import { answerText, TEXT } from './answers.js';
import { HTTP2_BEGINS, splitByFirstBytes, type Protocols } from './first-bytes.js';

export interface ClientPortOptions {
  /** Serves connections that begin with the preface of HTTP/2. */
  readonly grpc: SocketHost;
  /** Serves all others, as HTTP/1.1. */
  readonly http: SocketHost;
  /** Time after which a connection that has sent nothing is closed, in ms. Default 30,000. */
  readonly silenceMs?: number;
  /** Called when a client exceeds a bound. */
  readonly onLimit?: OnLimit;
}

const DEFAULT_SILENCE_MS = 30_000;

/** gRPC and HTTP/1.1 on one port: the first bytes of a connection choose its host. */
export class ClientPort implements SocketHost {
  readonly #hosts: readonly SocketHost[];
  readonly #protocols: Protocols;

  constructor({ grpc, http, silenceMs = DEFAULT_SILENCE_MS, onLimit }: ClientPortOptions) {
    this.#hosts = [grpc, http];
    this.#protocols = {
      silenceMs,
      turns: new InputTurns(() => performance.now()),
      onSilence: () => onLimit?.('setup_time'),
      known: [{ begins: HTTP2_BEGINS, accept: (socket) => grpc.accept(socket) }],
      other: (socket) => http.accept(socket),
    };
  }

  accept(socket: Socket): void {
    splitByFirstBytes(socket, this.#protocols);
  }

  async close(options: { readonly graceMs: number }): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.close(options)));
  }
}

/** Handles HTTP requests on a port that serves gRPC alone. */
export function refuseHttp(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  answerText(response, 421, 'This port serves gRPC alone: HTTP has its own, see --listen-client-http-urls.\n', TEXT);
}
