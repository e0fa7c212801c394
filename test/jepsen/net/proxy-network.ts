import { defined } from '../../../src/util/assert.js';
import type { Random } from '../../../src/util/random.js';
import { CLIENTS } from './network.js';
import type { CutStyle, Endpoint, Network } from './network.js';
import { Proxy } from './proxy.js';
import { Rules } from './rules.js';
import type { Layer } from './rules.js';
import { ownerOf } from './socket-owner.js';

export interface ProxyNetworkOptions {
  readonly random: Random;
  /** The running members, with their process ids. */
  readonly processes: () => Iterable<readonly [name: string, pid: number]>;
}

/** Two proxies for each member: one for the other members, one for clients. Needs no rights; on Linux only. */
export class ProxyNetwork implements Network {
  readonly kind = 'proxy';
  readonly rules = new Rules();
  readonly #options: ProxyNetworkOptions;
  readonly #peerProxies = new Map<string, Proxy>();
  readonly #clientProxies = new Map<string, Proxy>();

  constructor(options: ProxyNetworkOptions) {
    this.#options = options;
  }

  async effects(layer: Layer): Promise<Readonly<Record<string, number>>> {
    const { held, reset, ...ofLinks } = this.rules.counts;
    return layer === 'cut' ? { held, reset } : ofLinks;
  }

  hostOf(): string {
    return '127.0.0.1';
  }

  wrapperOf(): readonly string[] {
    return [];
  }

  async add(name: string, { host, clientPort, peerPort }: Endpoint): Promise<Endpoint> {
    const { processes, random } = this.#options;
    const shared = { to: name, rules: this.rules, random };
    const peers = await Proxy.start({
      ...shared,
      targetPort: peerPort,
      identify: (connection) => ownerOf(connection, processes),
      keeps: true,
    });
    const clients = await Proxy.start({ ...shared, targetPort: clientPort, identify: async () => CLIENTS });
    this.#peerProxies.set(name, peers);
    this.#clientProxies.set(name, clients);
    return { host, clientPort: clients.port, peerPort: peers.port };
  }

  async cut(from: string, to: string, style: CutStyle = 'drop'): Promise<void> {
    this.rules.set(from, to, style === 'drop' ? { hold: true } : { reset: true }, 'cut');
  }

  async restore(from: string, to: string): Promise<void> {
    this.rules.remove(from, to, 'cut');
  }

  async heal(): Promise<void> {
    this.rules.clear();
  }

  replay(to: string): boolean {
    return defined(this.#peerProxies.get(to), `the proxy of ${to}`).replay(this.#options.random);
  }

  async close(): Promise<void> {
    this.rules.clear();
    const proxies = [...this.#peerProxies.values(), ...this.#clientProxies.values()];
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }
}
