import { credentials, type ChannelCredentials } from '@grpc/grpc-js';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientEndpoint, peerUrl, schemeOf, serveArguments, tlsFlags } from '../../cluster/members.js';
import type { Member, NodeCertificates } from '../../cluster/members.js';
import { assert, defined } from '../../src/util/assert.js';
import { toBigInt } from '../../src/util/integer.js';
import { EtcdClient } from './etcd-client.js';
import { etcdProgram } from './etcd-programs.js';
import { poll } from './poll.js';
import { freePorts, RAFTKV, ServerProcess } from './server-process.js';
import { makeTemporaryFolder, removeFolder } from './temporary-folder.js';

export interface ProcessClusterOptions {
  /** Members. Default 3. */
  readonly size?: number;
  /**
   * The program: raftkv as built, or the installed etcd, which takes the same flags. Default: the environment variable
   * RAFTKV_TEST_SYSTEM, else raftkv. So tests of shared guarantees can be run against etcd.
   */
  readonly system?: 'raftkv' | 'etcd';
  /** Further flags, for every member. */
  readonly flags?: readonly string[];
  /** Further flags of one member. */
  readonly flagsOf?: (index: number) => readonly string[];
  /** Flags for Node itself: `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
  /** The Node that runs raftkv. Default: the one that runs this process. */
  readonly node?: string;
  /** The etcd to run. Default: `etcdProgram`. */
  readonly etcd?: string;
  /** Limit of file descriptors, hard and soft, of each member. Default: that of this process. */
  readonly descriptorLimit?: number;
  /** A command that runs each member's command line, for example a tracer. */
  readonly wrapper?: readonly string[];
  /** Folder that receives the cluster's own. Default: the system's folder of temporary files. */
  readonly parentFolder?: string;
  /** Default: no TLS, neither for clients nor for peers. */
  readonly certificates?: NodeCertificates;
  /** Called before the first member is started, for example to prepare data. */
  readonly prepare?: (cluster: ProcessCluster) => Promise<void>;
}

/** Time in which members start and agree on a leader, on a machine that does other work, in ms. */
const READY_MS_MAX = 90_000;

/** One member, running or not. */
interface Slot {
  readonly member: Member;
  readonly client: EtcdClient;
  process: ServerProcess | undefined;
  /** The settings with which a member joined a running cluster; undefined for the first ones. */
  variables: Readonly<Record<string, string>> | undefined;
}

/** Members as real processes on free ports of this machine, with data in a temporary folder. */
export class ProcessCluster {
  readonly folder: string;
  readonly #options: ProcessClusterOptions;
  readonly #slots: Slot[] = [];
  /** Members that the cluster begins with. */
  readonly #size: number;

  /** Starts all members, and returns when they agree on a leader. */
  static async start(options: ProcessClusterOptions = {}): Promise<ProcessCluster> {
    const cluster = new ProcessCluster(options);
    try {
      await cluster.addSlots(cluster.#size);
      await options.prepare?.(cluster);
      for (const index of cluster.all) cluster.spawn(index);
      await cluster.ready();
      return cluster;
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
  }

  private constructor(options: ProcessClusterOptions) {
    this.folder = makeTemporaryFolder('cluster', options.parentFolder);
    this.#options = options;
    this.#size = options.size ?? 3;
  }

  /** Reserves names and ports for future members. @returns the index of the first */
  async addSlots(count: number): Promise<number> {
    const first = this.#slots.length;
    const ports = await freePorts(count * 2);
    for (let at = 0; at < count; at += 1) {
      const clientPort = defined(ports[at * 2], 'a port');
      const peerPort = defined(ports[at * 2 + 1], 'a port');
      const member = { name: `n${first + at + 1}`, clientPort, peerPort };
      const client = new EtcdClient(clientEndpoint(member), secretsOf(this.#options.certificates));
      this.#slots.push({ member, client, process: undefined, variables: undefined });
    }
    return first;
  }

  /** Every present and former member. */
  get members(): readonly Member[] {
    return this.#slots.map(({ member }) => member);
  }

  get clients(): readonly EtcdClient[] {
    return this.#slots.map(({ client }) => client);
  }

  indexOf(name: string): number {
    const index = this.#slots.findIndex(({ member }) => member.name === name);
    assert(index >= 0, `no member is called ${name}`);
    return index;
  }

  client(index: number): EtcdClient {
    return this.#slot(index).client;
  }

  process(index: number): ServerProcess {
    return defined(this.#slot(index).process, `the process of member ${index}`);
  }

  clientUrl(index: number): string {
    return `${schemeOf(this.#options.certificates)}://${clientEndpoint(this.#slot(index).member)}`;
  }

  peerUrl(index: number): string {
    return peerUrl(this.#slot(index).member, schemeOf(this.#options.certificates));
  }

  dataDir(index: number): string {
    return join(this.folder, this.#slot(index).member.name);
  }

  /** The working directory of a member, which receives files that Node writes. */
  homeDir(index: number): string {
    return join(this.folder, `home-${this.#slot(index).member.name}`);
  }

  /** The indexes of all members. */
  get all(): number[] {
    return [...this.#slots.keys()];
  }

  /** The indexes of the running members. */
  get running(): number[] {
    return this.all.filter((index) => this.#slot(index).process?.running === true);
  }

  others(index: number): number[] {
    return this.all.filter((other) => other !== index);
  }

  /** The command line of a member. */
  command(index: number): string[] {
    const { member, variables } = this.#slot(index);
    const { certificates } = this.#options;
    const dataDir = this.dataDir(index);
    const members = this.members.slice(0, this.#size);
    const args =
      variables === undefined
        ? serveArguments({ member, members, dataDir, token: this.folder, certificates })
        : this.#ownArguments(index);
    const { system = process.env['RAFTKV_TEST_SYSTEM'], nodeFlags = [], descriptorLimit } = this.#options;
    const flags = [...(this.#options.flags ?? []), ...(this.#options.flagsOf?.(index) ?? [])];
    const { wrapper = [], etcd = etcdProgram('etcd'), node = RAFTKV[0] } = this.#options;
    const limit = descriptorLimit === undefined ? [] : ['sh', '-c', `ulimit -n ${descriptorLimit}; exec "$0" "$@"`];
    const limited = [...wrapper, ...limit];
    if (system === 'etcd') return [...limited, etcd, ...args.slice(1), ...flags];
    const main = RAFTKV[1];
    return [...limited, node, ...nodeFlags, main, ...args, ...flags];
  }

  /** Starts a member that is down, without waiting for it. */
  spawn(index: number): ServerProcess {
    const slot = this.#slot(index);
    assert(slot.process?.running !== true, `member ${index} is running`);
    const home = this.homeDir(index);
    mkdirSync(home, { recursive: true });
    slot.process = new ServerProcess(this.command(index), home, slot.variables);
    return slot.process;
  }

  /** Starts a member that was added to the running cluster, with the variables that `member add` printed. */
  join(index: number, variables: Readonly<Record<string, string>>): ServerProcess {
    this.#slot(index).variables = variables;
    return this.spawn(index);
  }

  /** Starts members that are down, and waits until the whole cluster agrees on a leader. */
  async restart(...indexes: number[]): Promise<void> {
    for (const index of indexes) this.spawn(index);
    await this.ready();
  }

  async kill9(...indexes: number[]): Promise<void> {
    await Promise.all(indexes.map((index) => this.process(index).kill()));
  }

  /** Sends SIGTERM, and expects exit code 0. */
  async stop(index: number): Promise<void> {
    const stopping = this.process(index);
    stopping.signal('SIGTERM');
    const exit = await stopping.exited;
    assert(exit.code === 0, `member ${index} ended with ${JSON.stringify(exit)}\n${stopping.log()}`);
  }

  /** Stops the process with its sockets open, like a long garbage collection or a moved virtual machine. */
  pause(index: number): void {
    this.process(index).signal('SIGSTOP');
  }

  resume(index: number): void {
    this.process(index).signal('SIGCONT');
  }

  /** Waits until the given members (default: all) agree on a leader. @returns its index */
  async ready(among: readonly number[] = this.all): Promise<number> {
    try {
      const what = `members ${among.join(', ')} to agree on a leader`;
      const agreed = async (): Promise<number | undefined> => {
        for (const index of among) assert(this.process(index).running, `member ${index} ended while it was starting`);
        return await this.#agreedLeader(among);
      };
      return await poll(what, agreed, READY_MS_MAX);
    } catch (error) {
      throw new Error(`${String(error)}\n${this.logs()}`, { cause: error });
    }
  }

  /** The index of the leader, once all running members agree on it. */
  async leader(): Promise<number> {
    return await this.ready(this.running);
  }

  /** The last lines of every member. */
  logs(): string {
    return this.#slots.map(({ member, process }) => `--- ${member.name}\n${process?.log() ?? ''}`).join('\n');
  }

  /** Kills running members, and removes the data. */
  async dispose(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.#slots.flatMap(({ process }) => process?.kill() ?? []));
    removeFolder(this.folder);
  }

  async #agreedLeader(among: readonly number[]): Promise<number | undefined> {
    const views = await Promise.all(among.map((index) => this.client(index).status({ timeoutMs: 1000 })));
    const leaders = new Set(views.map((view) => (view.kind === 'ok' ? toBigInt(view.response.leader) : 0n)));
    const [leader] = leaders;
    if (leaders.size !== 1 || leader === undefined || leader === 0n) return undefined;
    const position = views.findIndex(
      (view) => view.kind === 'ok' && toBigInt(view.response.header?.memberId) === leader,
    );
    return among[position];
  }

  /** The flags of a member that joined; its other settings are in the environment. */
  #ownArguments(index: number): string[] {
    const { certificates } = this.#options;
    const flags = {
      'data-dir': this.dataDir(index),
      'listen-client-urls': this.clientUrl(index),
      'advertise-client-urls': this.clientUrl(index),
      'listen-peer-urls': this.peerUrl(index),
      ...(certificates && tlsFlags(certificates, this.#slot(index).member)),
    };
    return ['serve', ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)];
  }

  #slot(index: number): Slot {
    return defined(this.#slots[index], `member ${index}`);
  }
}

function secretsOf(certificates: NodeCertificates | undefined): ChannelCredentials | undefined {
  if (certificates === undefined) return undefined;
  const { caFile, client } = certificates;
  return credentials.createSsl(
    readFileSync(caFile),
    client === undefined ? null : readFileSync(client.key),
    client === undefined ? null : readFileSync(client.cert),
  );
}
