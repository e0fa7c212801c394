import { randomInteger, type Random } from '../../src/util/random.js';
import { HistoryRecorder } from './history.js';
import type { RegisterInput, RegisterOutput } from '../jepsen/checkers/linearizability/models.js';
import type { VirtualCluster } from './virtual-cluster.js';
import { get, put, type Level } from './virtual-calls.js';
import type { VirtualMember } from './virtual-member.js';

export interface WorkloadOptions {
  readonly cluster: VirtualCluster;
  readonly random: Random;
  readonly clients: number;
  readonly keys: number;
  /** The level of every read. */
  readonly level: Level;
  /** Mean interval between two calls of one client, in virtual ms. */
  readonly paceMs: number;
}

/** Clients that write and read registers through random members, and record the results. */
export class Workload {
  readonly history: HistoryRecorder<RegisterInput, RegisterOutput>;
  /** Every acknowledged value, by key. */
  readonly acknowledged = new Map<string, Set<string>>();
  readonly #options: WorkloadOptions;
  #running = true;
  #values = 0;
  readonly #clients: Promise<void>[];

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.history = new HistoryRecorder(() => options.cluster.time.nowMs);
    this.#clients = Array.from({ length: options.clients }, (_, at) => this.#client(`client ${at}`));
  }

  /** Begins no more calls, and waits for those in progress. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#options.cluster.time.wait(Promise.all(this.#clients));
  }

  async #client(name: string): Promise<void> {
    const { cluster, random, keys, paceMs } = this.#options;
    while (this.#running) {
      await new Promise<void>((resolve) => cluster.time.schedule(random.next() * 2 * paceMs, resolve));
      const member = cluster.members[randomInteger(random, 0, cluster.members.length)];
      if (!this.#running || member === undefined) return;
      const key = `key ${randomInteger(random, 0, keys)}`;
      if (random.next() < 0.5) await this.#write(name, member, key);
      else await this.#read(name, member, key);
    }
  }

  async #write(name: string, member: VirtualMember, key: string): Promise<void> {
    const value = String(++this.#values);
    await this.history.record(name, { kind: 'write', key, value }, async () => {
      const result = await put(member, key, value);
      if (result.kind !== 'ok') return { kind: result.kind };
      const values = this.acknowledged.get(key) ?? new Set();
      this.acknowledged.set(key, values.add(value));
      return { kind: 'ok', output: { kind: 'written' } };
    });
  }

  async #read(name: string, member: VirtualMember, key: string): Promise<void> {
    const { level } = this.#options;
    await this.history.record(name, { kind: 'read', key }, async () => {
      const result = await get(member, key, { level });
      if (result.kind !== 'ok') return { kind: 'failed' };
      return { kind: 'ok', output: { kind: 'value', value: result.value } };
    });
  }
}
