import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SocketHost } from '../rpc/host.js';
import { InputTurns } from '../util/input-turns.js';
import type { OnLimit } from '../util/limit-hits.js';
import type { Logger } from '../util/logger.js';
import { answerText, TEXT } from './answers.js';
import { PacedSocket, type Appetite, type Carrier } from './paced-socket.js';
import type { StreamSocket } from './streams/stream-socket.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpHostOptions {
  readonly handle: RequestHandler;
  readonly logger: Logger;
  /**
   * Time from the start of a connection, or from its last answer, until the head of the next request is complete, in ms.
   * Bounds both an idle connection and a slow head. Default 60,000.
   */
  readonly headMs?: number;
  /** Largest head of a request, in bytes; a larger one is answered with 431. Default 16 KiB. */
  readonly headBytesMax?: number;
  /** Called when a client exceeds a bound. */
  readonly onLimit?: OnLimit;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Connection {
  readonly socket: PacedSocket;
  /** Parsed requests that wait for the current one; at most those of one piece, see PacedSocket. */
  readonly waiting: Exchange[];
  /** The request that is being handled. */
  current: Exchange | undefined;
  /** The latest request that was parsed, which may still have a body to come. */
  latest: IncomingMessage | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Its input was not a request: the connection closes behind the answer, and parses nothing more. */
  isRefused: boolean;
}

const DEFAULT_HEAD_MS = 60_000;
const DEFAULT_HEAD_BYTES_MAX = 16 * 1024;
/** What Node answers if nothing listens for the error. */
const HEAD_TOO_LARGE = 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n';
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

/**
 * Serves HTTP/1.1 on sockets that it is handed, one request of a connection at a time, and at most one in each turn of the
 * event loop. Nothing that arrives on a socket makes it throw.
 */
export class HttpHost implements SocketHost {
  readonly #server: Server;
  readonly #handle: RequestHandler;
  readonly #logger: Logger;
  readonly #headMs: number;
  readonly #onLimit: OnLimit;
  readonly #turns = new InputTurns(() => performance.now());
  readonly #connections = new Map<unknown, Connection>();
  #closed: Promise<void> | undefined;

  constructor({
    handle,
    logger,
    headMs = DEFAULT_HEAD_MS,
    headBytesMax = DEFAULT_HEAD_BYTES_MAX,
    onLimit = () => undefined,
  }: HttpHostOptions) {
    this.#handle = handle;
    this.#logger = logger;
    this.#headMs = headMs;
    this.#onLimit = onLimit;
    // Node enforces its own time limits only on a listening server, which this one is not; see Connection.timer.
    this.#server = createServer({ maxHeaderSize: headBytesMax, keepAliveTimeout: 0 }, (request, response) =>
      this.#request(request, response),
    );
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#refuse(error.code, socket));
  }

  /** Takes over a connected socket, which may be paused, and closes it in the end. */
  accept(socket: Socket): void {
    this.#take(socket, socket);
  }

  /** The same for a request of HTTP/2. */
  acceptStream(stream: StreamSocket): void {
    this.#take(stream, stream.accepted);
  }

  /** No more requests are taken. */
  get isClosing(): boolean {
    return this.#closed !== undefined;
  }

  #take(bare: Carrier, accepted: Socket): void {
    if (this.#closed !== undefined) {
      bare.destroy();
      return;
    }
    const socket: PacedSocket = new PacedSocket(bare, {
      accepted,
      appetite: () => appetite(connection),
      turns: this.#turns,
    });
    const connection: Connection = {
      socket,
      waiting: [],
      current: undefined,
      latest: undefined,
      timer: undefined,
      isRefused: false,
    };
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      clearTimeout(connection.timer);
      connection.waiting.length = 0;
      this.#connections.delete(socket);
    });
    socket.on('error', (error) => this.#logger.debug('a connection broke', { reason: error.message }));
    this.#startTimer(connection);
    this.#server.emit('connection', socket);
  }

  /**
   * Takes no more requests. Idle connections are closed at once, the others after their answer or `graceMs`. Resolves once
   * all are closed. Further calls have no effect.
   */
  close(options: { readonly graceMs: number }): Promise<void> {
    this.#closed ??= this.#close(options.graceMs);
    return this.#closed;
  }

  async #close(graceMs: number): Promise<void> {
    const connections = [...this.#connections.values()];
    const closed = connections.map(
      ({ socket }) => new Promise<void>((resolve) => void socket.once('close', () => resolve())),
    );
    for (const { socket, current } of connections) if (current === undefined) socket.destroySoon();
    const cut = setTimeout(() => this.#cut(), graceMs);
    await Promise.all(closed);
    clearTimeout(cut);
  }

  #cut(): void {
    for (const { socket } of this.#connections.values()) socket.destroy();
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(request.socket);
    // The connection was closed after this request was parsed.
    if (connection === undefined) return;
    clearTimeout(connection.timer);
    connection.latest = request;
    connection.waiting.push({ request, response });
    if (connection.current === undefined && connection.waiting.length === 1) this.#next(connection);
  }

  /** Handles the next request of a connection, or waits for one. */
  #next(connection: Connection): void {
    const { socket, waiting } = connection;
    if (socket.destroyed || connection.current !== undefined) return;
    const exchange = waiting.shift();
    if (exchange === undefined) {
      if (this.#closed !== undefined) return socket.destroySoon();
      this.#startTimer(connection);
      return socket.feed();
    }
    connection.current = exchange;
    const { request, response } = exchange;
    response.once('close', () => {
      connection.current = undefined;
      // The requests of other connections come first.
      setImmediate(() => this.#next(connection));
    });
    // Clients vanish; their calls learn of it by 'close'.
    request.on('error', () => undefined);
    this.#serve(request, response);
    socket.feed();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
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

  #startTimer(connection: Connection): void {
    clearTimeout(connection.timer);
    connection.timer = setTimeout(() => {
      this.#onLimit(connection.latest === undefined ? 'setup_time' : 'idle_time');
      connection.socket.destroy();
    }, this.#headMs);
    connection.timer.unref();
  }

  /** Answers a head that the parser does not take, unless an answer has begun, and closes the connection. */
  #refuse(code: string | undefined, socket: Duplex): void {
    const connection = this.#connections.get(socket);
    if (socket.destroyed || connection?.isRefused === true) return;
    const isTooLarge = code === 'HPE_HEADER_OVERFLOW';
    if (isTooLarge) this.#onLimit('header_list');
    if (connection === undefined || connection.current?.response.headersSent === true) return void socket.destroy();
    connection.isRefused = true;
    if (socket.writable) socket.end(isTooLarge ? HEAD_TOO_LARGE : BAD_REQUEST);
    // Bounds the time for reading the answer, behind which the socket closes.
    this.#startTimer(connection);
    connection.socket.destroySoon();
  }
}

/** The next input of the parser: the body of the request being handled, or a new head once there is no other request. */
function appetite({ waiting, current, latest, isRefused }: Connection): Appetite {
  if (isRefused) return 'nothing';
  const bodyIsOpen = latest !== undefined && !latest.complete;
  if (current !== undefined) return bodyIsOpen && current.request === latest ? 'body' : 'nothing';
  if (waiting.length > 0) return 'nothing';
  return bodyIsOpen ? 'body' : 'head';
}
