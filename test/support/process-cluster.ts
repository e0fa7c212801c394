import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { serveArguments } from '../../cluster/members.js';
import type { Member } from '../../cluster/members.js';
import { assert, defined } from '../../src/util/assert.js';
import { toBigInt } from '../../src/util/integer.js';
import { EtcdClient } from './etcd-client.js';
import { poll } from './poll.js';
import { freePorts, RAFTKV, ServerProcess } from './server-process.js';
import { makeTemporaryFolder, removeFolder } from './temporary-folder.js';

export interface ProcessClusterOptions {
  /** Members. Default 3. */
  readonly size?: number;
  /**
   * What runs: raftkv as built, or the etcd that is installed, which takes the same flags. By default what the
   * environment variable RAFTKV_TEST_SYSTEM says, and raftkv without it: a test of promises that both make can be
   * tried on the real thing.
   */
  readonly system?: 'raftkv' | 'etcd';
  /** Further flags, for every member. */
  readonly flags?: readonly string[];
  /** Flags for Node itself: `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
}

/** Members as real processes on free ports of this machine, with data in a temporary folder. */
export class ProcessCluster {
  readonly members: readonly Member[];
  readonly folder: string;
  readonly clients: readonly EtcdClient[];
  readonly #options: ProcessClusterOptions;
  readonly #processes: (ServerProcess | undefined)[];

  /** Starts all members, and returns when they agree on a leader. */
  static async start(options: ProcessClusterOptions = {}): Promise<ProcessCluster> {
    const size = options.size ?? 3;
    const ports = await freePorts(size * 2);
    const members = Array.from({ length: size }, (_, i) => ({
      name: `n${i + 1}`,
      clientPort: defined(ports[i * 2], 'a port'),
      peerPort: defined(ports[i * 2 + 1], 'a port'),
    }));
    const cluster = new ProcessCluster(members, options);
    try {
      for (let i = 0; i < size; i += 1) cluster.spawn(i);
      await cluster.ready();
      return cluster;
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
  }

  private constructor(members: readonly Member[], options: ProcessClusterOptions) {
    this.members = members;
    this.folder = makeTemporaryFolder('cluster');
    this.clients = members.map(({ clientPort }) => new EtcdClient(`127.0.0.1:${clientPort}`));
    this.#options = options;
    this.#processes = members.map(() => undefined);
  }

  client(index: number): EtcdClient {
    return defined(this.clients[index], `member ${index}`);
  }

  process(index: number): ServerProcess {
    return defined(this.#processes[index], `the process of member ${index}`);
  }

  dataDir(index: number): string {
    return join(this.folder, this.#member(index).name);
  }

  /** The working directory of a member: what Node itself writes lands here. */
  homeDir(index: number): string {
    return join(this.folder, `home-${this.#member(index).name}`);
  }

  /** The indexes of all members. */
  get all(): number[] {
    return this.members.map((_, index) => index);
  }

  others(index: number): number[] {
    return this.all.filter((other) => other !== index);
  }

  /** The command line of a member. */
  command(index: number): string[] {
    const member = this.#member(index);
    const dataDir = this.dataDir(index);
    const args = serveArguments({ member, members: this.members, dataDir, token: this.folder });
    const { system = process.env['RAFTKV_TEST_SYSTEM'], flags = [], nodeFlags = [] } = this.#options;
    if (system === 'etcd') return ['etcd', ...args.slice(1), ...flags];
    const [node, main] = RAFTKV;
    return [node, ...nodeFlags, main, ...args, ...flags];
  }

  /** Starts a member that is down; does not wait for it. */
  spawn(index: number): ServerProcess {
    assert(this.#processes[index]?.running !== true, `member ${index} is running`);
    const home = this.homeDir(index);
    mkdirSync(home, { recursive: true });
    const started = new ServerProcess(this.command(index), home);
    this.#processes[index] = started;
    return started;
  }

  /** Starts members that are down, and waits until the whole cluster agrees on a leader. */
  async restart(...indexes: number[]): Promise<void> {
    for (const index of indexes) this.spawn(index);
    await this.ready();
  }

  async kill9(...indexes: number[]): Promise<void> {
    await Promise.all(indexes.map((index) => this.process(index).kill()));
  }

  /** SIGTERM, and a clean end: exit code 0. */
  async stop(index: number): Promise<void> {
    const stopping = this.process(index);
    stopping.signal('SIGTERM');
    const exit = await stopping.exited;
    assert(exit.code === 0, `member ${index} ended with ${JSON.stringify(exit)}\n${stopping.log()}`);
  }

  /** The process stands still, its sockets stay open: a long garbage collection, a moved virtual machine. */
  pause(index: number): void {
    this.process(index).signal('SIGSTOP');
  }

  resume(index: number): void {
    this.process(index).signal('SIGCONT');
  }

  /** Until the given members (all, by default) agree on a leader; its index. */
  async ready(among: readonly number[] = this.all): Promise<number> {
    try {
      return await poll(`members ${among.join(', ')} to agree on a leader`, async () => {
        for (const index of among) assert(this.process(index).running, `member ${index} ended while it was starting`);
        return await this.#agreedLeader(among);
      });
    } catch (error) {
      throw new Error(`${String(error)}\n${this.logs()}`, { cause: error });
    }
  }

  /** The index of the leader, once all running members agree on it. */
  async leader(): Promise<number> {
    return await this.ready(this.all.filter((index) => this.#processes[index]?.running === true));
  }

  /** The last lines of every member. */
  logs(): string {
    return this.#processes.map((one, index) => `--- ${this.#member(index).name}\n${one?.log() ?? ''}`).join('\n');
  }

  /** Kills what still runs, and removes the data. */
  async dispose(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.#processes.filter((one) => one !== undefined).map((one) => one.kill()));
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

  #member(index: number): Member {
    return defined(this.members[index], `member ${index}`);
  }
}
