import { execFileSync } from 'node:child_process';
import { defined } from '../../../src/util/assert.js';
import { atExit } from '../../support/at-exit.js';
import { CLIENTS } from './network.js';
import type { CutStyle, Endpoint, Network } from './network.js';
import type { Subnet } from './subnet.js';

/** No network card has this address: frames to it reach no one. */
const NOWHERE = '02:00:00:00:de:ad';
/** Counters that rise when packets get no answer, or find no route. */
const COUNTERS = ['RetransSegs', 'TCPRetransFail', 'TCPTimeouts', 'OutNoRoutes'] as const;

/**
 * A network namespace for each member, joined by a bridge: packets are dropped below TCP. Clients are in the namespace of this
 * process, and are never cut off. Needs root.
 */
export class NamespaceNetwork implements Network {
  readonly kind = 'netns';
  readonly rules = undefined;
  readonly #subnet: Subnet;
  readonly #prefix: string;
  /** Numbers of the members by their names. */
  readonly #numbers = new Map<string, number>();
  readonly #cuts = new Map<string, () => void>();
  readonly #forget: () => void;

  /** @param subnet stays, and must be closed after this network */
  constructor(subnet: Subnet) {
    this.#subnet = subnet;
    this.#prefix = `jep${subnet.number}`;
    this.#forget = atExit(() => this.#remove());
  }

  async effects(): Promise<Readonly<Record<string, number>>> {
    const sums: Record<string, number> = {};
    for (const name of this.#numbers.keys()) {
      const text = run('ip', 'netns', 'exec', this.#namespace(name), 'cat', '/proc/net/snmp', '/proc/net/netstat');
      for (const [counter, value] of countersIn(text)) sums[counter] = (sums[counter] ?? 0) + value;
    }
    return sums;
  }

  hostOf(name: string): string {
    if (name === CLIENTS) return this.#subnet.clientHost;
    const number = this.#numbers.get(name) ?? this.#numbers.size + 1;
    return this.#subnet.memberHost(number);
  }

  wrapperOf(name: string): readonly string[] {
    return ['ip', 'netns', 'exec', this.#namespace(name)];
  }

  async add(name: string, listening: Endpoint): Promise<Endpoint> {
    this.#numbers.set(name, this.#numbers.size + 1);
    const [namespace, card] = [this.#namespace(name), this.#card(this.#numbers.size)];
    ip('netns', 'add', namespace);
    ip('link', 'add', card, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('link', 'set', card, 'master', this.#subnet.bridge, 'up');
    ip('-n', namespace, 'addr', 'add', `${listening.host}/24`, 'dev', 'eth0');
    ip('-n', namespace, 'link', 'set', 'eth0', 'up');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    return listening;
  }

  async cut(from: string, to: string, style: CutStyle = 'drop'): Promise<void> {
    this.#undo(from, to);
    const [space, host] = [this.#namespace(from), this.hostOf(to)];
    if (style === 'drop') {
      ip('-n', space, 'neigh', 'replace', host, 'lladdr', NOWHERE, 'nud', 'permanent', 'dev', 'eth0');
      this.#cuts.set(`${from} ${to}`, () => ip('-n', space, 'neigh', 'del', host, 'dev', 'eth0'));
    } else {
      ip('-n', space, 'route', 'add', 'unreachable', `${host}/32`);
      this.#cuts.set(`${from} ${to}`, () => ip('-n', space, 'route', 'del', 'unreachable', `${host}/32`));
    }
  }

  async restore(from: string, to: string): Promise<void> {
    this.#undo(from, to);
  }

  async heal(): Promise<void> {
    for (const undo of this.#cuts.values()) undo();
    this.#cuts.clear();
  }

  replay(): boolean {
    return false;
  }

  async close(): Promise<void> {
    this.#forget();
    this.#remove();
  }

  #undo(from: string, to: string): void {
    this.#cuts.get(`${from} ${to}`)?.();
    this.#cuts.delete(`${from} ${to}`);
  }

  #card(number: number): string {
    return `${this.#prefix}${number}`;
  }

  #namespace(name: string): string {
    return `${this.#prefix}-${defined(this.#numbers.get(name), `the namespace of ${name}`)}`;
  }

  /** A namespace lives as long as a process or a connection in it, so its card is removed apart. */
  #remove(): void {
    for (const [name, number] of this.#numbers) {
      ip('link', 'del', this.#card(number));
      ip('netns', 'del', this.#namespace(name));
    }
  }
}

function ip(...args: string[]): void {
  run('ip', ...args);
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The counters in the text of /proc/net/snmp and /proc/net/netstat: each protocol has a line of names and one of values. */
export function countersIn(text: string): [string, number][] {
  const found: [string, number][] = [];
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const names = line.split(' ');
    const values = lines[at + 1]?.split(' ');
    if (values === undefined || names[0] !== values[0]) continue;
    for (const counter of COUNTERS) {
      const column = names.indexOf(counter);
      if (column > 0) found.push([counter, Number(values[column])]);
    }
  }
  return found;
}
