import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SocketHost } from '../rpc/host.js';
import type { Logger } from '../util/logger.js';
import { answerText, TEXT } from './answers.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpHostOptions {
  readonly handle: RequestHandler;
  readonly logger: Logger;
  /**
   * Time from a connection's beginning, or from its last answer, until the head of the next request is whole, in ms: so
   * long a connection is kept alive, and so long a slow head may take. Default 60,000.
   */
  readonly headMs?: number;
  /** Requests of one connection that may be under way; with one more it is closed. Default 4096, as for gRPC. */
  readonly requestsMax?: number;
}

/** A connection, with the answers to requests on it that are not at their ends yet. */
interface Connection {
  readonly open: Set<ServerResponse>;
  timer: NodeJS.Timeout | undefined;
}

const DEFAULT_HEAD_MS = 60_000;
const HEAD_BYTES_MAX = 16 * 1024;
const DEFAULT_REQUESTS_MAX = 4096;

/** Serves HTTP/1.1 on sockets that it is handed. Nothing that arrives on one makes it throw. */
export class HttpHost implements SocketHost {
  readonly #server: Server;
  readonly #handle: RequestHandler;
  readonly #logger: Logger;
  readonly #headMs: number;
  readonly #requestsMax: number;
  readonly #connections = new Map<Socket, Connection>();
  #closed: Promise<void> | undefined;

  constructor({ handle, logger, headMs = DEFAULT_HEAD_MS, requestsMax = DEFAULT_REQUESTS_MAX }: HttpHostOptions) {
    this.#handle = handle;
    this.#logger = logger;
    this.#headMs = headMs;
    this.#requestsMax = requestsMax;
    // Node's own limits of time hang on a listening server, which this one is not; see Connection.timer.
    this.#server = createServer({ maxHeaderSize: HEAD_BYTES_MAX, keepAliveTimeout: 0 }, (request, response) =>
      this.#request(request, response),
    );
  }

  /** Takes over a connected socket, which may be paused: closing it is the host's business from now on. */
  accept(socket: Socket): void {
    if (this.#closed !== undefined) {
      socket.destroy();
      return;
    }
    const connection: Connection = { open: new Set(), timer: undefined };
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      clearTimeout(connection.timer);
      this.#connections.delete(socket);
      // Node tells only the answer at the head of the line.
      for (const response of connection.open) if (response.socket === null) response.destroy().emit('close');
    });
    socket.on('error', (error) => this.#logger.debug('a connection broke', { reason: error.message }));
    this.#idle(socket, connection);
    // A socket from which something was read and put back goes on to ask for more in this turn. Node would take that for
    // the resume of a pause that it makes for the sake of a body, and never again stop reading what nobody takes.
    setImmediate(() => {
      if (socket.destroyed) return;
      this.#server.emit('connection', socket);
      socket.resume();
    });
  }

  /**
   * Takes no more requests. Connections that wait for one are closed at once, the others with their answer, or after
   * `graceMs`. Resolves once all are closed. Calling it again changes nothing.
   */
  close(options: { readonly graceMs: number }): Promise<void> {
    this.#closed ??= this.#close(options.graceMs);
    return this.#closed;
  }

  async #close(graceMs: number): Promise<void> {
    const closed = [...this.#connections.keys()].map(
      (socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve())),
    );
    for (const [socket, { open }] of this.#connections) if (open.size === 0) socket.destroySoon();
    const cut = setTimeout(() => this.#cut(), graceMs);
    await Promise.all(closed);
    clearTimeout(cut);
  }

  #cut(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.#connections.get(socket);
    // A request that was behind another in the same packet, on a connection that was closed meanwhile.
    if (connection === undefined) return;
    const { open } = connection;
    open.add(response);
    clearTimeout(connection.timer);
    response.once('close', () => {
      open.delete(response);
      if (open.size === 0) this.#idle(socket, connection);
    });
    // Clients vanish, and their calls learn of it by 'close'.
    request.on('error', () => undefined);
    if (open.size > this.#requestsMax) {
      this.#logger.debug('a connection with too many requests under way', { max: this.#requestsMax });
      socket.destroy();
      return;
    }
    if (this.#closed !== undefined) {
      response.setHeader('connection', 'close');
      answerText(response, 503, 'Service Unavailable\n', TEXT);
      return;
    }
    try {
      this.#handle(request, response);
    } catch (error) {
      this.#logger.error('a request could not be handled', { url: request.url, error });
      response.destroy();
    }
  }

  #idle(socket: Socket, connection: Connection): void {
    if (this.#closed !== undefined) return socket.destroySoon();
    if (socket.destroyed) return;
    socket.setTimeout(0);
    connection.timer = setTimeout(() => socket.destroy(), this.#headMs);
    connection.timer.unref();
  }
}
