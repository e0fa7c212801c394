import { spawn } from 'node:child_process';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { fromBigInt, toBigInt } from '../../src/util/integer.js';
import { expectOk } from '../support/etcd-client.js';
import { etcdProgram } from '../support/etcd-programs.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';
import type { Case, Subject } from './case.js';

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Standard error, without the client's own log. */
  readonly error: string;
}

/** Ids and addresses in each notation that etcdctl prints, and the names that replace them. */
export type Names = ReadonlyMap<string, string>;

const LIST = { request: etcdserverpb.MemberListRequest, response: etcdserverpb.MemberListResponse };
const MOVE = { request: etcdserverpb.MoveLeaderRequest, response: etcdserverpb.MoveLeaderResponse };
type WireId = Exclude<etcdserverpb.MoveLeaderRequest.$Properties['targetID'], null | undefined>;
/** Time for which a case is repeated, in ms: etcd trusts a link only after five seconds. */
const SUCCESS_MS = 20_000;
/** Time limit of a case, in ms. */
const ENDS_MS = 90_000;

/** One of the two systems, with its names for etcdctl. */
export class Contender implements Subject {
  readonly cluster: ProcessCluster;
  readonly names: Names;
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, bigint>();
  /** The granted leases in order, in hex. */
  readonly #leases: string[] = [];
  /** The output of `member add` for members that are not started yet, by name. */
  readonly #settings = new Map<string, Readonly<Record<string, string>>>();
  readonly #system: 'raftkv' | 'etcd';

  /** Starts members, by default three, of which the first leads, with room for more. */
  static async start(
    system: 'raftkv' | 'etcd',
    { size = 3, room }: { readonly size?: number; readonly room: number },
  ): Promise<Contender> {
    const flags = ['--log-level', system === 'etcd' ? 'error' : 'warn'];
    const cluster = await ProcessCluster.start({ system, size, flags });
    await cluster.addSlots(room);
    const contender = new Contender(system, cluster);
    await contender.#learnIds();
    return contender;
  }

  private constructor(system: 'raftkv' | 'etcd', cluster: ProcessCluster) {
    this.#system = system;
    this.cluster = cluster;
    this.names = this.#names;
    for (const [index, { name, clientPort }] of cluster.members.entries()) {
      this.#names.set(`127.0.0.1:${clientPort}`, `${name}-client`);
      this.#names.set(cluster.peerUrl(index), `${name}-peer`);
    }
  }

  /** Runs a case, with its action before it. */
  async run(one: Case): Promise<Outcome> {
    await one.before?.(this);
    const outcome = one.until === undefined ? await this.#etcdctl(one) : await this.#repeat(one, one.until);
    if (one.args[0] === 'member') await this.#learnIds();
    this.#keepSettings(outcome);
    if (one.args[0] === 'lease' && one.args[1] === 'grant') this.#keepLease(outcome);
    return outcome;
  }

  /** Starts a member that was added. */
  join(name: string): void {
    this.cluster.join(this.cluster.indexOf(name), defined(this.#settings.get(name), `what ${name} is started with`));
  }

  /** Moves the leadership to a member, unless it leads already. */
  async lead(name: string): Promise<void> {
    const { cluster } = this;
    const leader = await cluster.leader();
    if (leader === cluster.indexOf(name)) return;
    const targetID = fromBigInt(defined(this.#ids.get(name), `the id of ${name}`), true) as WireId;
    expectOk(await cluster.client(leader).call('/etcdserverpb.Maintenance/MoveLeader', MOVE, { targetID }));
  }

  async #repeat(one: Case, until: RegExp): Promise<Outcome> {
    const what = `${this.#system} to let etcdctl ${one.args.join(' ')}`;
    const ask = async (): Promise<Outcome | undefined> => {
      const outcome = await this.#etcdctl(one);
      return outcome.exitCode === 0 && until.test(outcome.stdout) ? outcome : undefined;
    };
    return await poll(what, ask, SUCCESS_MS);
  }

  #etcdctl({ args, stdin, endpoints = 'n1', ends, endsWhen }: Case): Promise<Outcome> {
    const { cluster } = this;
    const running = cluster.running.map((index) => cluster.client(index));
    const asked = endpoints === 'all' ? running : [cluster.client(cluster.indexOf(endpoints))];
    const list = asked.map(({ endpoint }) => endpoint).join(',');
    return new Promise((resolve, reject) => {
      const env = { ...process.env, ETCDCTL_API: '3' };
      const child = spawn(etcdProgram('etcdctl'), [`--endpoints=${list}`, ...args.map((arg) => this.#filledIn(arg))], {
        env,
        cwd: cluster.folder,
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
        if (ends?.test(stdout) === true) child.kill('SIGINT');
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
      const late = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`etcdctl ${args.join(' ')} has not ended: ${stdout}`));
      }, ENDS_MS);
      child.on('error', reject);
      if (endsWhen !== undefined) {
        poll(`etcdctl ${args.join(' ')}`, async () => (await endsWhen(this)) || undefined)
          .catch(reject)
          .finally(() => child.kill('SIGINT'));
      }
      child.on('close', (exitCode) => {
        clearTimeout(late);
        resolve({ exitCode, stdout, error: withoutLog(stderr) });
      });
      // A process that reads no input may have ended before it is written.
      child.stdin.on('error', reject);
      const input = stdin === undefined ? undefined : this.#filledIn(stdin);
      if (ends === undefined) child.stdin.end(input);
      else if (input !== undefined) child.stdin.write(input);
    });
  }

  /** Replaces `{id n4}`, `{peer n4}`, `{client n4}` and `{lease 1}`, which differ between clusters. */
  #filledIn(arg: string): string {
    return arg
      .replace(/\{lease (\d+)\}/g, (_, at: string) => defined(this.#leases[Number(at) - 1], `lease ${at}`))
      .replace(/\{id (\w+)\}/g, (_, name: string) => defined(this.#ids.get(name), `the id of ${name}`).toString(16))
      .replace(/\{client (\w+)\}/g, (_, name: string) => this.cluster.client(this.cluster.indexOf(name)).endpoint)
      .replace(/\{peer (\w+)\}/g, (_, name: string) => this.cluster.peerUrl(this.cluster.indexOf(name)));
  }

  /** An id that is no longer used keeps its name. */
  async #learnIds(): Promise<void> {
    const { cluster } = this;
    const path = '/etcdserverpb.Cluster/MemberList';
    const { header, members } = expectOk(await cluster.client(0).call(path, LIST, {}));
    this.#nameId(toBigInt(header?.clusterId), 'cluster');
    for (const { ID, peerURLs } of members) {
      const index = cluster.all.findIndex((at) => peerURLs?.some((url) => hasPort(url, cluster.peerUrl(at))));
      const { name } = defined(cluster.members[index], 'a member at known addresses');
      this.#ids.set(name, toBigInt(ID));
      this.#nameId(toBigInt(ID), `member ${name}`);
    }
  }

  #nameId(id: bigint, name: string): void {
    for (const text of [id.toString(16).padStart(16, '0'), id.toString(16)]) this.#names.set(text, name);
    for (const text of [`"${id}"`, id.toString()]) this.#names.set(text, `"${name}"`);
  }

  #keepLease({ stdout }: Outcome): void {
    const simple = /^lease ([0-9a-f]{16}) granted/.exec(stdout)?.[1];
    const decimal = /"ID":(\d+),"TTL":\d+,"Error"/.exec(stdout)?.[1];
    const hex = simple ?? (decimal === undefined ? undefined : BigInt(decimal).toString(16).padStart(16, '0'));
    if (hex === undefined) return;
    this.#leases.push(hex);
    const name = `granted ${this.#leases.length}`;
    this.#names.set(hex, name);
    this.#names.set(BigInt(`0x${hex}`).toString(), `"${name}"`);
  }

  #keepSettings({ stdout }: Outcome): void {
    const prefix = this.#system === 'raftkv' ? 'RAFTKV_' : 'ETCD_';
    const found = [...stdout.matchAll(/^ETCD_(\w+)="(.*)"$/gm)].map(([, name, value]) => [name, value] as const);
    const settings = Object.fromEntries(found.map(([name, value]) => [`${prefix}${name}`, defined(value, name ?? '')]));
    const name = settings[`${prefix}NAME`];
    if (name !== undefined) this.#settings.set(name, settings);
  }
}

function hasPort(url: string, other: string): boolean {
  return new URL(url).port === new URL(other).port;
}

function withoutLog(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !line.startsWith('{"level"'));
  return lines.join('\n').trim();
}
