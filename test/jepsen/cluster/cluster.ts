import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, ClientOptions, MemberId, MemberStatus } from '../../../src/client/index.js';
import { Client as RaftKvClient, RaftKvError } from '../../../src/client/index.js';
import { assert, defined } from '../../../src/util/assert.js';
import { poll } from '../../support/poll.js';
import { freePorts, ServerProcess } from '../../support/server-process.js';
import type { Exit } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import type { Network } from '../net/network.js';
import { clientUrl, commandOf, peerUrl } from './command.js';
import type { Node } from './command.js';
import type { MemberSettings } from './member-settings.js';
import type { Certificates } from './security.js';

export interface ClusterOptions {
  readonly target: 'raftkv' | 'etcd';
  readonly etcd: string;
  /** The main file of raftkv; undefined for the build in dist/. */
  readonly program?: string | undefined;
  readonly size: number;
  readonly flags: readonly string[];
  /** Of the faults of the run. */
  readonly settings: readonly MemberSettings[];
  readonly certificates: Certificates | undefined;
  /** The user of administration and clients, once authentication is enabled. */
  readonly user: { readonly user: string; readonly password: string } | undefined;
  /** Receives a log of each member. */
  readonly logFolder: string;
  readonly network: (processes: () => Iterable<readonly [name: string, pid: number]>) => Network;
}

/** A member that ended by itself although no fault explains it. */
export interface Crash {
  readonly name: string;
  readonly exit: Exit;
  readonly log: string;
}

/** `up`: running or starting. `paused`: stopped by a signal. `down`: not running. `removed`: no member any more. */
type State = 'up' | 'paused' | 'down' | 'removed';

interface Slot {
  readonly node: Node;
  readonly client: Client;
  founders: readonly Node[];
  isNew: boolean;
  state: State;
  process: ServerProcess | undefined;
  /** Why the member may end by itself; undefined if it may not. */
  excuse: string | undefined;
  starts: number;
}

/** Longest time in which a member starts, on a machine that does other work, in ms. */
const START_MS_MAX = 60_000;
const STATUS_MS = 500;

/** The members of a run: real processes, whose state is known through connections that no fault touches. */
export class Cluster {
  readonly folder = makeTemporaryFolder('jepsen');
  readonly network: Network;
  readonly crashes: Crash[] = [];
  /** Members that ended by themselves, with a reason. */
  readonly excused: { readonly name: string; readonly excuse: string; readonly exit: Exit }[] = [];
  readonly #options: ClusterOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #names = new Map<MemberId, string>();
  #isStopping = false;

  /** Starts all members, and returns when they agree on a leader. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options);
    try {
      for (let at = 1; at <= options.size; at++) await cluster.#addSlot(`n${at}`);
      const founders = [...cluster.#slots.values()].map(({ node }) => node);
      for (const slot of cluster.#slots.values()) slot.founders = founders;
      for (const name of cluster.names) cluster.spawn(name);
      await cluster.serving(cluster.names);
      await cluster.agreed();
      return cluster;
    } catch (error) {
      const logs = cluster.names.map((name) => `--- ${name}\n${cluster.#log(name)}`).join('\n');
      await cluster.dispose();
      throw new Error(`the cluster did not start: ${String(error)}\n${logs}`, { cause: error });
    }
  }

  private constructor(options: ClusterOptions) {
    this.#options = options;
    this.network = options.network(() => this.pids());
  }

  get target(): 'raftkv' | 'etcd' {
    return this.#options.target;
  }

  get certificates(): Certificates | undefined {
    return this.#options.certificates;
  }

  /** Present members, in the order in which they were added. */
  get names(): string[] {
    return [...this.#slots.values()].filter(({ state }) => state !== 'removed').map(({ node }) => node.name);
  }

  /** Members whose processes run. */
  get running(): string[] {
    return this.names.filter((name) => this.#slot(name).state === 'up');
  }

  stateOf(name: string): State {
    return this.#slot(name).state;
  }

  node(name: string): Node {
    return this.#slot(name).node;
  }

  dataDir(name: string): string {
    return join(this.folder, name, 'data');
  }

  /** Names and process ids of the members whose processes exist. */
  *pids(): Iterable<readonly [name: string, pid: number]> {
    for (const { node, process } of this.#slots.values()) if (process?.running === true) yield [node.name, process.pid];
  }

  pid(name: string): number {
    return defined(this.#slot(name).process, `a process of ${name}`).pid;
  }

  /** How often the member was started. */
  startsOf(name: string): number {
    return this.#slot(name).starts;
  }

  /** A client of one member, by a connection that no fault touches, as root. */
  admin(name: string): Client {
    return this.#slot(name).client;
  }

  /** Options of a client that reaches members as clients do. */
  clientOptions(names: readonly string[]): ClientOptions {
    return { ...this.#credentials(), endpoints: names.map((name) => this.reachedUrl(name)) };
  }

  reachedUrl(name: string): string {
    return clientUrl(this.node(name).reached, this.#options.certificates !== undefined);
  }

  /** The URL by which other members reach this one. */
  peerUrl(name: string): string {
    return peerUrl(this.node(name).reached, this.#options.certificates !== undefined);
  }

  /** The member's own view; undefined if it does not answer. */
  async status(name: string): Promise<MemberStatus | undefined> {
    if (this.#slot(name).state !== 'up') return undefined;
    try {
      const endpoint = this.#directUrl(name);
      const status = await this.admin(name).status(endpoint, { timeoutMs: STATUS_MS });
      this.#names.set(status.header.memberId, name);
      return status;
    } catch (error) {
      if (error instanceof RaftKvError) return undefined;
      throw error;
    }
  }

  /** The name of a present member by its id; undefined until a member has answered with that id. */
  nameOf(id: MemberId): string | undefined {
    return this.#names.get(id);
  }

  /** The running member that considers itself leader, of the latest term. */
  async leader(): Promise<string | undefined> {
    const views = await Promise.all(this.running.map(async (name) => ({ name, status: await this.status(name) })));
    const leaders = views.filter(({ status }) => status?.isLeader === true);
    leaders.sort((left, right) => (right.status?.raftTerm ?? 0) - (left.status?.raftTerm ?? 0));
    return leaders[0]?.name;
  }

  /** Waits for a leader. */
  async someLeader(limitMs = START_MS_MAX): Promise<string> {
    return await poll('a leader', () => this.leader(), limitMs);
  }

  /** Waits until all present members agree on a leader. @returns its name */
  async agreed(limitMs = START_MS_MAX): Promise<string> {
    return await poll(
      'the members to agree on a leader',
      async () => {
        const views = await Promise.all(this.names.map((name) => this.status(name)));
        const leaders = new Set(views.map((view) => view?.leader));
        if (leaders.size !== 1 || leaders.has(undefined)) return undefined;
        return this.names[views.findIndex((view) => view?.isLeader === true)];
      },
      limitMs,
    );
  }

  /** Waits until members answer for themselves; they may have no leader. @throws Error if one ends instead */
  async serving(names: readonly string[], limitMs = START_MS_MAX): Promise<void> {
    await poll(
      `${names.join(', ')} to answer`,
      async () => {
        const gone = names.find((name) => this.#slot(name).state === 'down');
        if (gone !== undefined) throw new Error(`${gone} ended while it started\n${this.#log(gone)}`);
        const views = await Promise.all(names.map((name) => this.status(name)));
        return views.includes(undefined) ? undefined : true;
      },
      limitMs,
    );
  }

  /** Starts a member that is down, without waiting for it. */
  spawn(name: string): void {
    const slot = this.#slot(name);
    assert(slot.state === 'down', `${name} is ${slot.state}`);
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    slot.state = 'up';
    slot.excuse = undefined;
    slot.starts += 1;
    const { settings } = this.#options;
    const member = { name, folder };
    const variables = Object.assign({}, ...settings.map((each) => each.variables?.(member) ?? {}));
    const wrappers = settings.flatMap((each) => each.wrapper?.(member) ?? []);
    const command = [...this.network.wrapperOf(name), ...wrappers, ...this.#command(slot)];
    const started = new ServerProcess(command, folder, variables as Record<string, string>);
    slot.process = started;
    void started.exited.then((exit) => this.#exited(slot, started, exit));
  }

  /** Ends members at once. */
  async kill(...names: string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const slot = this.#slot(name);
        slot.state = 'down';
        await slot.process?.kill();
      }),
    );
  }

  /** Asks a member to end by SIGTERM, and waits. @throws Error if it does not end with code 0 */
  async terminate(name: string): Promise<void> {
    const slot = this.#slot(name);
    const { process } = slot;
    assert(process !== undefined && slot.state === 'up', `${name} is ${slot.state}`);
    slot.state = 'down';
    process.signal('SIGTERM');
    const exit = await process.exited;
    // etcd ends by the signal itself.
    const isClean = exit.code === 0 || (this.target === 'etcd' && exit.signal === 'SIGTERM');
    if (!isClean) throw new Error(`${name} ended with ${JSON.stringify(exit)} after SIGTERM\n${this.#log(name)}`);
  }

  pause(name: string): void {
    const slot = this.#slot(name);
    assert(slot.state === 'up', `${name} is ${slot.state}`);
    slot.process?.signal('SIGSTOP');
    slot.state = 'paused';
  }

  resume(name: string): void {
    const slot = this.#slot(name);
    assert(slot.state === 'paused', `${name} is ${slot.state}`);
    slot.state = 'up';
    slot.process?.signal('SIGCONT');
  }

  /** Allows a member to end by itself until its next start. */
  excuse(name: string, reason: string): void {
    this.#slot(name).excuse = reason;
  }

  /** Deletes the data of a member that is down. */
  wipe(name: string): void {
    assert(this.#slot(name).state !== 'up', `${name} runs`);
    rmSync(this.dataDir(name), { recursive: true, force: true });
  }

  /** Reserves the name, ports and proxies of a further member, which `member add` must announce before it is started. */
  async newNode(name: string, founders: readonly string[]): Promise<Node> {
    const slot = await this.#addSlot(name);
    slot.founders = [...founders.map((founder) => this.node(founder)), slot.node];
    slot.isNew = false;
    return slot.node;
  }

  /** Lets a member start with another list of members: it was added again after the loss of its data. */
  rejoins(name: string, founders: readonly string[]): void {
    const slot = this.#slot(name);
    slot.founders = founders.map((founder) => this.node(founder));
    slot.isNew = false;
  }

  /** Forgets a member that was removed from the cluster, and whose process has ended. */
  forget(name: string): void {
    const slot = this.#slot(name);
    assert(slot.state === 'down', `${name} is ${slot.state}`);
    slot.state = 'removed';
  }

  /** Starts what is down, and continues what is paused. @returns the members that were started */
  async restore(): Promise<readonly string[]> {
    for (const name of this.names) if (this.#slot(name).state === 'paused') this.resume(name);
    const down = this.names.filter((name) => this.#slot(name).state === 'down');
    for (const name of down) this.spawn(name);
    await this.serving(this.names);
    return down;
  }

  /** Ends all members, and removes their data. */
  async dispose(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#slots.values()].map(({ client }) => client.close()));
    await Promise.all([...this.#slots.values()].flatMap(({ process }) => process?.kill() ?? []));
    await this.network.close();
    removeFolder(this.folder);
  }

  #exited(slot: Slot, ended: ServerProcess, exit: Exit): void {
    if (this.#isStopping || slot.process !== ended || slot.state === 'down' || slot.state === 'removed') return;
    slot.state = 'down';
    const { name } = slot.node;
    if (slot.excuse === undefined) this.crashes.push({ name, exit, log: this.#log(name) });
    else this.excused.push({ name, excuse: slot.excuse, exit });
  }

  /** The last lines of a member's log and output. */
  #log(name: string): string {
    const { process, starts } = this.#slot(name);
    const file = starts === 0 ? '' : readLast(this.#logFile(name));
    return [file, process?.log() ?? ''].join('\n');
  }

  #logFile(name: string): string {
    return join(this.#options.logFolder, `${name}.log`);
  }

  #command({ node, founders, isNew }: Slot): string[] {
    const { target, etcd, program, certificates, flags, settings } = this.#options;
    return commandOf({
      target,
      etcd,
      program,
      node,
      founders,
      state: isNew ? 'new' : 'existing',
      dataDir: this.dataDir(node.name),
      logFile: this.#logFile(node.name),
      token: this.folder,
      certificates,
      flags: [...flags, ...settings.flatMap((each) => each.flags ?? [])],
    });
  }

  async #addSlot(name: string): Promise<Slot> {
    const [clientPort, peerPort] = await freePorts(2);
    const host = this.network.hostOf(name);
    const listening = { host, clientPort: defined(clientPort, 'a port'), peerPort: defined(peerPort, 'a port') };
    const { certificates } = this.#options;
    await certificates?.issue(name);
    const node = { name, listening, reached: await this.network.add(name, listening) };
    const endpoint = clientUrl(listening, certificates !== undefined);
    const client = new RaftKvClient({ ...this.#credentials(), endpoints: [endpoint] });
    const slot: Slot = {
      node,
      client,
      founders: [],
      isNew: true,
      state: 'down',
      process: undefined,
      excuse: undefined,
      starts: 0,
    };
    this.#slots.set(name, slot);
    return slot;
  }

  #credentials(): Pick<ClientOptions, 'tls' | 'user' | 'password'> {
    const { certificates, user } = this.#options;
    return { ...(certificates && { tls: certificates.tls }), ...user };
  }

  #directUrl(name: string): string {
    return clientUrl(this.node(name).listening, this.#options.certificates !== undefined);
  }

  #slot(name: string): Slot {
    return defined(this.#slots.get(name), `a member ${name}`);
  }
}

function readLast(path: string, lines = 40): string {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(-lines).join('\n');
  } catch (error) {
    return `no log: ${String(error)}`;
  }
}
