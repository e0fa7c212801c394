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
  'Auth/AuthEnable': '/v3/auth/enable',
  'Auth/AuthDisable': '/v3/auth/disable',
  'Auth/AuthStatus': '/v3/auth/status',
  'Auth/UserAdd': '/v3/auth/user/add',
  'Auth/UserGet': '/v3/auth/user/get',
  'Auth/UserList': '/v3/auth/user/list',
  'Auth/UserDelete': '/v3/auth/user/delete',
  'Auth/UserChangePassword': '/v3/auth/user/changepw',
  'Auth/UserGrantRole': '/v3/auth/user/grant',
  'Auth/UserRevokeRole': '/v3/auth/user/revoke',
  'Auth/RoleAdd': '/v3/auth/role/add',
  'Auth/RoleGet': '/v3/auth/role/get',
  'Auth/RoleList': '/v3/auth/role/list',
  'Auth/RoleDelete': '/v3/auth/role/delete',
  'Auth/RoleGrantPermission': '/v3/auth/role/grant',
  'Auth/RoleRevokePermission': '/v3/auth/role/revoke',
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
  /** The auth revision at which it began. */
  #authBase = 0n;
  /** The last token of each user who has logged in since the run began. */
  readonly #tokens = new Map<string, string>();
  /** Whether there may be users, of a run that had some. */
  #hasUsers = false;

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
    if (this.#hasUsers) await this.#removeUsers();
    const put = expectOk(await this.#ask('KV/Put', { key: 'AA==' }));
    const deleted = expectOk(await this.#ask('KV/DeleteRange', EVERYTHING));
    const revision = revisionOf(deleted);
    if (revision <= revisionOf(put)) throw new Error(`${this.name}: nothing was deleted`);
    expectOk(await this.#ask('KV/Compact', { revision: String(revision) }));
    const { leases = [] } = expectOk(await this.#ask('Lease/LeaseLeases', {}));
    for (const lease of leases as readonly Plain[]) expectOk(await this.#ask('Lease/LeaseRevoke', lease));
    this.#base = revision;
  }

  async run({ method, request, asJson = false, as }: Call): Promise<Outcome> {
    if (method === KILL) return await this.#restart();
    if (method.startsWith('Auth/') && !this.#hasUsers) await this.#beginUsers();
    const token = as === undefined || as === 'nobody' ? undefined : (this.#tokens.get(as) ?? 'no-token');
    if (asJson) return await this.#post(method, absolute(request, this.#base), token);
    const answer = await this.#ask(method, absolute(request, this.#base), token);
    if (answer.kind === 'error') return { kind: 'error', code: answer.code, details: answer.details };
    if (method === 'Auth/Authenticate') {
      this.#tokens.set(String(request['name']), String(answer.response['token']));
      return { kind: 'ok', answer: 'a token' };
    }
    return { kind: 'ok', answer: relative(this.#ofUsers(ofLeases(method, answer.response)), this.#base) };
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

  async #beginUsers(): Promise<void> {
    this.#hasUsers = true;
    this.#authBase = authRevisionOf(expectOk(await this.#ask('Auth/AuthStatus', {})));
  }

  /** Root's password is never changed. */
  async #removeUsers(): Promise<void> {
    const logIn = await this.#ask('Auth/Authenticate', { name: 'root', password: 'root' });
    if (logIn.kind === 'ok') expectOk(await this.#ask('Auth/AuthDisable', {}, String(logIn.response['token'])));
    const { users = [] } = expectOk(await this.#ask('Auth/UserList', {}));
    for (const name of users as readonly string[]) expectOk(await this.#ask('Auth/UserDelete', { name }));
    const { roles = [] } = expectOk(await this.#ask('Auth/RoleList', {}));
    for (const role of roles as readonly string[]) expectOk(await this.#ask('Auth/RoleDelete', { role }));
    this.#tokens.clear();
    this.#hasUsers = false;
  }

  #ofUsers(answer: Plain): Plain {
    if (answer['authRevision'] === undefined) return answer;
    return { ...answer, authRevision: String(authRevisionOf(answer) - this.#authBase) };
  }

  async #post(method: string, request: Plain, token?: string): Promise<Outcome> {
    const path = defined(GATEWAY_PATHS[method], `the path of ${method}`);
    const response = await fetch(`http://${this.client.endpoint}${path}`, {
      method: 'POST',
      body: JSON.stringify(request),
      headers: token === undefined ? {} : { authorization: token },
    });
    const body: unknown = await response.json();
    if (isGatewayError(body))
      return { kind: 'http', status: ERROR_STATUS, body: { code: body.code, message: body.message } };
    return {
      kind: 'http',
      status: response.status,
      body: relative(this.#ofUsers(ofLeases(method, body as Plain)), this.#base),
    };
  }

  async #ask(method: string, request: Plain, token?: string): Promise<Answer<Plain>> {
    const { path, codecs } = methodOf(method);
    return await this.client.call(path, codecs, request, token === undefined ? {} : { metadata: { token } });
  }
}

/** The remaining time of a lease changes; its keys are unordered in etcd. */
function ofLeases(method: string, answer: Plain): Plain {
  if (method !== 'Lease/LeaseTimeToLive') return answer;
  const { TTL, keys, ...rest } = answer;
  return { ...rest, gone: TTL === '-1', keys: [...((keys ?? []) as readonly string[])].sort() };
}

function startMember(system: 'raftkv' | 'etcd'): Promise<ProcessCluster> {
  const flags = ['--log-level', system === 'etcd' ? 'error' : 'warn', '--bcrypt-cost', '4'];
  return ProcessCluster.start({ system, size: 1, flags });
}

function authRevisionOf({ authRevision }: Plain): bigint {
  return BigInt(String(authRevision));
}

function revisionOf({ header }: Plain): bigint {
  return BigInt((defined(header, 'the header') as { revision: string }).revision);
}
