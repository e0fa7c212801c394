import { rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Handshakes } from '../../tls/handshakes.js';
import { defined } from '../../util/assert.js';
import { isSystemError } from '../../util/system-error.js';
import type { ConnectionBound } from './connection-bound.js';
import { ConfigError, isSecure, listenAddress } from '../settings/urls.js';

/** Takes over accepted sockets. */
export type SocketHandler = (socket: Socket) => void;

export interface ListenersOptions {
  /** The flag that the URLs come from, for error texts. */
  readonly flag: string;
  readonly urls: readonly string[];
  /** Shared by all URLs. */
  readonly bound: ConnectionBound;
  /** Whether other processes may listen on the same ports (SO_REUSEPORT). Default: false. */
  readonly reusePort?: boolean;
  /** For URLs with TLS; needed if there is one. */
  readonly handshakes?: Handshakes | undefined;
  /** Protocols that URLs with TLS offer (ALPN). Default: those of the handshakes. */
  readonly protocols?: readonly string[];
}

/** Silence after which the system probes the other side of a connection, in ms: etcd's own. */
const KEEP_ALIVE_MS = 30_000;

/**
 * The listening sockets of one kind: clients, peers or metrics. They are bound before the member exists, so that a busy
 * port is found before anything is written. Connections that arrive before `serve` is called wait for it.
 */
export class Listeners {
  readonly #bound: ConnectionBound;
  readonly #servers: { readonly url: string; readonly server: Server }[] = [];
  #handler: SocketHandler | undefined;
  readonly #early = new Set<Socket>();
  /** The accepted connection below each socket with TLS. */
  readonly #bare = new WeakMap<Socket, Socket>();

  private constructor(bound: ConnectionBound) {
    this.#bound = bound;
  }

  /**
   * Binds every URL, or none.
   * @throws ConfigError with one line that names the flag, the URL and what to do
   */
  static async bind(options: ListenersOptions): Promise<Listeners> {
    const listeners = new Listeners(options.bound);
    try {
      for (const url of options.urls) await listeners.#bind(url, options);
    } catch (error) {
      await listeners.close();
      throw error;
    }
    return listeners;
  }

  /** The URLs with the ports that were bound: port 0 asks for any free one. */
  get urls(): readonly string[] {
    return this.#servers.map(({ url }) => url);
  }

  /** Hands all connections to `handler` from now on, waiting ones first. */
  serve(handler: SocketHandler): void {
    this.#handler = handler;
    const early = [...this.#early];
    this.#early.clear();
    for (const socket of early) handler(socket);
  }

  /** Records that a connection comes from a member: see ConnectionBound.trust. */
  trust(socket: Socket): void {
    this.#bound.trust(this.#bare.get(socket) ?? socket);
  }

  /** Accepts no more connections; those that are open stay with the handler. */
  stopAccepting(): void {
    for (const { server } of this.#servers) server.close();
  }

  async close(): Promise<void> {
    const closed = this.#servers.map(
      ({ server }) => new Promise<void>((resolve) => (server.listening ? server.close(() => resolve()) : resolve())),
    );
    this.#bound.closeAll();
    await Promise.all(closed);
  }

  async #bind(url: string, { flag, reusePort = false, handshakes, protocols }: ListenersOptions): Promise<void> {
    const address = listenAddress(url);
    if ('path' in address) await removeStaleSocket(flag, address.path);
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    const handshake = isSecure(url) ? defined(handshakes, 'the handshakes of a URL with TLS') : undefined;
    const server = createServer(options, (socket) => this.#accept(socket, handshake, protocols));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(new ConfigError(explain(flag, url, error))));
      server.listen({ ...address, ...(reusePort && { reusePort }) }, resolve);
    });
    const bound = server.address();
    const isAnyPort = address.port === 0 && typeof bound === 'object' && bound !== null;
    this.#servers.push({ server, url: isAnyPort ? url.replace(/:0$/, `:${bound.port}`) : url });
  }

  #accept(socket: Socket, handshakes: Handshakes | undefined, protocols: readonly string[] | undefined): void {
    // The handler listens for errors too; a socket that breaks before it has one must not end the process.
    socket.on('error', () => socket.destroy());
    if (!this.#bound.admit(socket)) return;
    if (handshakes === undefined) return this.#hand(socket);
    const done = (secure: Socket): void => {
      this.#bare.set(secure, socket);
      this.#hand(secure);
    };
    handshakes.accept(socket, done, protocols);
  }

  #hand(socket: Socket): void {
    if (this.#handler !== undefined) return this.#handler(socket);
    this.#early.add(socket);
    socket.once('close', () => this.#early.delete(socket));
  }
}

/**
 * Removes the Unix socket that a killed process has left, since the system does not.
 * @throws ConfigError if a process listens there, or if the path is not that of a socket
 */
async function removeStaleSocket(flag: string, path: string): Promise<void> {
  try {
    if (!(await stat(path)).isSocket()) throw new ConfigError(`--${flag}: ${path} exists and is not a socket`);
  } catch (error) {
    // All other failures recur when the socket is bound.
    if (isSystemError(error)) return;
    throw error;
  }
  const inUse = await new Promise<boolean>((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => resolve(true));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
    socket.once('connect', () => socket.destroy());
  });
  if (!inUse) await rm(path, { force: true });
}

function explain(flag: string, url: string, error: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: `${url} is in use: stop what listens there (another member? etcd?) or choose another port`,
    EACCES: url.startsWith('unix:')
      ? `cannot create ${url}: its folder does not exist, or may not be written to`
      : `no permission to listen on ${url}: choose a port from 1024 up`,
    EADDRNOTAVAIL: `${url} is not an address of this machine`,
    ENOTFOUND: `${url} is not an address of this machine`,
  };
  return `--${flag}: ${known[error.code ?? ''] ?? `cannot listen on ${url}: ${error.message}`}`;
}
