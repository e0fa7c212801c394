import { readFileSync } from 'node:fs';
import { defined } from '../../../src/util/assert.js';
import { expectOk, type Answer, type EtcdClient } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { ProcessCluster } from '../../support/process-cluster.js';
import { KILL, type Call } from './calls.js';
import { absolute, relative } from './revisions.js';
import { methodOf, type Plain } from './schema.js';

/** The parts of a call's outcome on which two systems must agree. */
export type Outcome =
  | { readonly kind: 'ok'; readonly answer: unknown }
  | { readonly kind: 'error'; readonly code: number; readonly details: string }
  | { readonly kind: 'http'; readonly status: number; readonly body: unknown };

const GATEWAY_PATHS: Readonly<Record<string, string>> = {
  'KV/Range': '/v3/kv/range',
  'KV/Put': '/v3/kv/put',
  'KV/DeleteRange': '/v3/kv/deleterange',
  'KV/Txn': '/v3/kv/txn',
  'KV/Compact': '/v3/kv/compaction',
  'Lease/LeaseGrant': '/v3/lease/grant',
  'Lease/LeaseRevoke': '/v3/lease/revoke',
  'Lease/LeaseTimeToLive': '/v3/lease/timetolive',
  'Lease/LeaseLeases': '/v3/lease/leases',
};
const EVERYTHING = { key: 'AA==', rangeEnd: 'AA==' };

/** Stands for the status of every error: grpc-gateway 1 and 2 map some codes to different ones, and have other fields. */
const ERROR_STATUS = 400;

function isGatewayError(body: unknown): body is { readonly code: number; readonly message: string } {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
}

/** One member of raftkv or etcd, with its data in a memory file system if there is one. */
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

  /** The last lines of its output. */
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

  /** Waits until it has exited or answers again: a broken connection is noticed before the exit. */
  async settled(): Promise<void> {
    await poll(
      `the end of ${this.name}, or an answer`,
      async () => !this.running || (await this.#ask('Maintenance/Status', {})).kind !== 'error' || undefined,
    );
  }

  /** Restarts it with its data if it has ended. */
  async revive(): Promise<void> {
    if (this.running) return;
    this.#cluster.spawn(0);
    await this.#cluster.ready();
  }

  /** Resets it: no keys, no leases, and no history before the revision that counts as 0. */
  async begin(): Promise<void> {
    // A member that is about to exit still runs, but does not answer.
    if (!this.running || (await this.#ask('Maintenance/Status', {})).kind === 'error') {
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

  async run({ method, request, asJson = false }: Call): Promise<Outcome> {
    if (method === KILL) return await this.#restart();
    if (asJson) return await this.#post(method, absolute(request, this.#base));
    const answer = await this.#ask(method, absolute(request, this.#base));
    if (answer.kind === 'error') return { kind: 'error', code: answer.code, details: answer.details };
    return { kind: 'ok', answer: relative(ofLeases(method, answer.response), this.#base) };
  }

  /** Its client address as `host:port`. */
  get endpoint(): string {
    return this.#cluster.client(0).endpoint;
  }

  /** Converts a request for this system: revisions are relative to the beginning of the run. */
  absolute(request: Plain): Plain {
    return absolute(request, this.#base);
  }

  /** Converts an answer of this system as if the run had begun at revision 0. */
  relative(answer: Plain): Plain {
    return relative(answer, this.#base) as Plain;
  }

  async dispose(): Promise<void> {
    await this.#cluster.dispose();
  }

  async #restart(): Promise<Outcome> {
    await this.#cluster.kill9(0);
    await this.#cluster.restart(0);
    return { kind: 'ok', answer: 'it is there again' };
  }

  async #post(method: string, request: Plain): Promise<Outcome> {
    const path = defined(GATEWAY_PATHS[method], `the path of ${method}`);
    const response = await fetch(`http://${this.client.endpoint}${path}`, {
      method: 'POST',
      body: JSON.stringify(request),
    });
    const body: unknown = await response.json();
    if (isGatewayError(body))
      return { kind: 'http', status: ERROR_STATUS, body: { code: body.code, message: body.message } };
    return { kind: 'http', status: response.status, body: relative(ofLeases(method, body as Plain), this.#base) };
  }

  async #ask(method: string, request: Plain): Promise<Answer<Plain>> {
    const { path, codecs } = methodOf(method);
    return await this.client.call(path, codecs, request);
  }
}

/** The remaining time of a lease changes; its keys are unordered in etcd. */
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
