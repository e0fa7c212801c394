import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Random } from '../../../src/util/random.js';
import { Pipe } from './pipe.js';
import type { Rules } from './rules.js';

const HOST = '127.0.0.1';
/** Bytes of each connection that are kept for a replay. */
const KEPT_BYTES = 64 * 1024;
/** Connections whose bytes are kept. */
const KEPT_CONNECTIONS = 8;
/** Time for which a replayed connection stays open, in ms. */
const REPLAY_MS = 1000;

export interface ProxyOptions {
  /** The party behind the proxy, and its port. */
  readonly to: string;
  readonly targetPort: number;
  /** The party that opened a connection; undefined if it is gone or unknown, and the connection is dropped. */
  readonly identify: (connection: Socket) => Promise<string | undefined>;
  readonly rules: Rules;
  readonly random: Random;
  /** Keeps the first bytes of connections, for `replay`. */
  readonly keeps?: boolean;
}

interface Connection {
  readonly from: string;
  readonly dialler: Socket;
  readonly target: Socket;
}

interface Kept {
  readonly chunks: Buffer[];
  bytes: number;
}

/** Forwards TCP connections to one port, under the rules of the pair of parties. */
export class Proxy {
  readonly port: number;
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #sockets = new Set<Socket>();
  readonly #kept: Kept[] = [];
  readonly #forget: () => void;

  static async start(options: ProxyOptions): Promise<Proxy> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, HOST, resolve);
    });
    return new Proxy(options, server);
  }

  private constructor(options: ProxyOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => void this.#accepted(socket));
    this.#forget = options.rules.onChange(() => this.#applyResets());
  }

  /** Open connections, by the party that opened them. */
  get openFrom(): readonly string[] {
    return [...this.#connections].map(({ from }) => from);
  }

  /** Resets all connections of a party. @returns their number */
  resetFrom(from: string): number {
    const those = [...this.#connections].filter((connection) => connection.from === from);
    for (const connection of those) this.#reset(connection);
    return those.length;
  }

  /** Sends the first bytes of an earlier connection once more, on a new one. @returns whether there was one */
  replay(random: Random): boolean {
    const kept = this.#kept[Math.floor(random.next() * this.#kept.length)];
    if (kept === undefined || kept.bytes === 0) return false;
    const socket = connect({ host: HOST, port: this.#options.targetPort });
    this.#track(socket);
    socket.on('error', () => undefined); // the target refuses it, or is down
    socket.resume();
    for (const chunk of kept.chunks) socket.write(chunk);
    const timer = setTimeout(() => socket.destroy(), REPLAY_MS);
    socket.on('close', () => clearTimeout(timer));
    this.#options.rules.counts.replayed += 1;
    return true;
  }

  async close(): Promise<void> {
    this.#forget();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #accepted(dialler: Socket): Promise<void> {
    const { identify, to, targetPort, rules, random } = this.#options;
    this.#track(dialler);
    dialler.on('error', () => undefined); // 'close' follows
    const from = await identify(dialler);
    if (from === undefined || dialler.destroyed) return void dialler.destroy();
    if (this.#isReset(from)) {
      rules.counts.reset += 1;
      return void dialler.resetAndDestroy();
    }
    await this.#unheld(from, dialler);
    if (dialler.destroyed) return;
    const target = connect({ host: HOST, port: targetPort, noDelay: true, allowHalfOpen: true });
    this.#track(target);
    const connection = { from, dialler, target };
    this.#connections.add(connection);
    target.on('close', () => this.#connections.delete(connection));
    if (this.#options.keeps === true) this.#keep(dialler);
    Pipe.open({ source: dialler, destination: target, from, to, rules, random });
    Pipe.open({ source: target, destination: dialler, from: to, to: from, rules, random });
    dialler.resume();
  }

  /** Resolves when the rules let a new connection through, or the dialler has given up. */
  async #unheld(from: string, dialler: Socket): Promise<void> {
    const { rules, to } = this.#options;
    // Both directions carry the handshake of TCP.
    const isHeld = (): boolean => rules.get(from, to).hold === true || rules.get(to, from).hold === true;
    if (!isHeld()) return;
    rules.counts.held += 1;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        if (isHeld() && !dialler.destroyed) return;
        forget();
        dialler.off('close', end);
        resolve();
      };
      const forget = rules.onChange(end);
      dialler.on('close', end);
    });
  }

  #isReset(from: string): boolean {
    const { rules, to } = this.#options;
    return rules.get(from, to).reset === true || rules.get(to, from).reset === true;
  }

  #applyResets(): void {
    for (const connection of this.#connections) {
      if (!this.#isReset(connection.from)) continue;
      this.#options.rules.counts.reset += 1;
      this.#reset(connection);
    }
  }

  #reset(connection: Connection): void {
    this.#connections.delete(connection);
    connection.dialler.resetAndDestroy();
    connection.target.resetAndDestroy();
  }

  #keep(dialler: Socket): void {
    const kept: Kept = { chunks: [], bytes: 0 };
    this.#kept.push(kept);
    if (this.#kept.length > KEPT_CONNECTIONS) this.#kept.shift();
    dialler.on('data', (chunk: Buffer) => {
      if (kept.bytes + chunk.length > KEPT_BYTES) return;
      kept.chunks.push(chunk);
      kept.bytes += chunk.length;
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
