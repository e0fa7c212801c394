import { createServer, type Server, type Socket } from 'node:net';
import { ConfigError, listenAddress } from './urls.js';

/** Where sockets go; a listener is bound before its member exists, so that a busy port is found before anything is written. */
export type SocketHandler = (socket: Socket) => void;

/** Silence after which the system asks whether the other side is still there, in ms: etcd's own. */
const KEEP_ALIVE_MS = 30_000;

/** The listening sockets of one kind (clients, or peers), which the server owns and hands to a host. */
export class Listeners {
  readonly #servers: { readonly url: string; readonly server: Server }[] = [];
  readonly #sockets = new Set<Socket>();
  #handler: SocketHandler | undefined;
  readonly #early: Socket[] = [];

  private constructor() {
    // Made by bind() only.
  }

  /**
   * Binds every URL, or none.
   * @throws ConfigError with one line that names the flag, the URL and what to do
   */
  static async bind(flag: string, urls: readonly string[]): Promise<Listeners> {
    const listeners = new Listeners();
    try {
      for (const url of urls) await listeners.#bind(flag, url);
    } catch (error) {
      await listeners.close();
      throw error;
    }
    return listeners;
  }

  /** The URLs with the ports that were really bound: port 0 asks for any free one. */
  get urls(): readonly string[] {
    return this.#servers.map(({ url }) => url);
  }

  /** Sockets go there from now on, those that came earlier first. */
  serve(handler: SocketHandler): void {
    this.#handler = handler;
    for (const socket of this.#early.splice(0)) if (!socket.destroyed) handler(socket);
  }

  /** Accepts no more; open sockets are left to their host. */
  stopAccepting(): void {
    for (const { server } of this.#servers) server.close();
  }

  async close(): Promise<void> {
    const closed = this.#servers.map(
      ({ server }) => new Promise<void>((resolve) => (server.listening ? server.close(() => resolve()) : resolve())),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #bind(flag: string, url: string): Promise<void> {
    const { host, port } = listenAddress(url);
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    const server = createServer(options, (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(new ConfigError(explain(flag, url, error))));
      server.listen({ host, port }, resolve);
    });
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    this.#servers.push({ server, url: port === 0 ? url.replace(/:0$/, `:${bound}`) : url });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Hosts listen for errors too; a socket that breaks before it has a host must not break the process.
    socket.on('error', () => socket.destroy());
    if (this.#handler === undefined) this.#early.push(socket);
    else this.#handler(socket);
  }
}

function explain(flag: string, url: string, error: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: `${url} is in use: stop what listens there (another member? etcd?) or choose another port`,
    EACCES: `no permission to listen on ${url}: choose a port from 1024 up`,
    EADDRNOTAVAIL: `${url} is not an address of this machine`,
    ENOTFOUND: `${url} is not an address of this machine`,
  };
  return `--${flag}: ${known[error.code ?? ''] ?? `cannot listen on ${url}: ${error.message}`}`;
}
