import { readFileSync } from 'node:fs';
import { defined } from '../../../src/util/assert.js';
import { expectOk, type Answer, type EtcdClient } from '../../support/etcd-client.js';
import { ProcessCluster } from '../../support/process-cluster.js';
import type { Call } from './calls.js';
import { absolute, relative } from './revisions.js';
import { methodOf, type Plain } from './schema.js';

/** What a call came to, as far as two systems must agree on it. */
export type Outcome =
  | { readonly kind: 'ok'; readonly answer: unknown }
  | { readonly kind: 'error'; readonly code: number; readonly details: string };

const EVERYTHING = { key: 'AA==', rangeEnd: 'AA==' };

/** One member of raftkv or of etcd, with its data in memory where the machine lets it. */
export class System {
  readonly name: 'raftkv' | 'etcd';
  #cluster: ProcessCluster;
  /** The revision at which the run began. */
  #base = 0n;

  static async start(name: 'raftkv' | 'etcd'): Promise<System> {
    return new System(name, await startMember(name));
  }

  private constructor(name: 'raftkv' | 'etcd', cluster: ProcessCluster) {
    this.name = name;
    this.#cluster = cluster;
  }

  get running(): boolean {
    return this.#cluster.process(0).running;
  }

  /** The last lines that it printed. */
  get log(): string {
    return this.#cluster.process(0).log(10);
  }

  get client(): EtcdClient {
    return this.#cluster.client(0);
  }

  /** Memory of its process that is in use, in bytes. */
  memoryBytes(): number {
    const status = readFileSync(`/proc/${this.#cluster.process(0).pid}/status`, 'utf8');
    return Number(defined(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1], 'the memory in use')) * 1024;
  }

  /** Starts it anew, with its data, if it has ended. */
  async revive(): Promise<void> {
    if (this.running) return;
    this.#cluster.spawn(0);
    await this.#cluster.ready();
  }

  /** Brings it back to nothing: no key, no lease, and no history before the revision that counts as 0. */
  async begin(): Promise<void> {
    if (!this.running) {
      await this.#cluster.dispose();
      this.#cluster = await startMember(this.name);
    }
    const put = expectOk(await this.#ask('KV/Put', { key: 'AA==' }));
    const deleted = expectOk(await this.#ask('KV/DeleteRange', EVERYTHING));
    const revision = revisionOf(deleted);
    if (revision <= revisionOf(put)) throw new Error(`${this.name}: nothing was deleted`);
    expectOk(await this.#ask('KV/Compact', { revision: String(revision) }));
    const { leases = [] } = expectOk(await this.#ask('Lease/LeaseLeases', {}));
    for (const lease of leases as readonly Plain[]) expectOk(await this.#ask('Lease/LeaseRevoke', lease));
    this.#base = revision;
  }

  async run({ method, request }: Call): Promise<Outcome> {
    const answer = await this.#ask(method, absolute(request, this.#base));
    if (answer.kind === 'error') return { kind: 'error', code: answer.code, details: answer.details };
    return { kind: 'ok', answer: relative(ofLeases(method, answer.response), this.#base) };
  }

  async dispose(): Promise<void> {
    await this.#cluster.dispose();
  }

  async #ask(method: string, request: Plain): Promise<Answer<Plain>> {
    const { path, codecs } = methodOf(method);
    return await this.client.call(path, codecs, request);
  }
}

/** What is left of a lease is not the same a moment later; its keys have no order in etcd. */
function ofLeases(method: string, answer: Plain): Plain {
  if (method !== 'Lease/LeaseTimeToLive') return answer;
  const { TTL, keys, ...rest } = answer;
  return { ...rest, gone: TTL === '-1', keys: [...((keys ?? []) as readonly string[])].sort() };
}

function startMember(system: 'raftkv' | 'etcd'): Promise<ProcessCluster> {
  const flags = ['--log-level', system === 'etcd' ? 'error' : 'warn'];
  return ProcessCluster.start({ system, size: 1, flags });
}

function revisionOf({ header }: Plain): bigint {
  return BigInt((defined(header, 'the header') as { revision: string }).revision);
}
