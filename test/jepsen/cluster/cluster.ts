import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientOptions, MemberId, MemberStatus } from '../../../src/client/index.js';
import { Client } from '../../../src/client/index.js';
import { assert, defined } from '../../../src/util/assert.js';

import type { Exit } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import type { Network } from '../net/network.js';
import { clientUrl, commandOf, peerUrl } from './command.js';
import { LosingDisk } from './losing-disk.js';
import type { MemberSettings } from './member-settings.js';
import { quietPorts } from './ports.js';
import { SmallDisk } from './small-disk.js';
import type { Certificates } from './security.js';
import { Slot } from './slot.js';
import type { State } from './slot.js';
import { Views } from './views.js';

export interface ClusterOptions {
  readonly target: 'raftkv' | 'etcd';
  readonly etcd: string;
  /** The main file of raftkv; undefined for the build in dist/. */
  readonly program?: string | undefined;
  readonly size: number;
  /** Of every member. `{folder}` in a flag stands for the member's own folder, which holds its data directory. */
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

const MEMBER_FOLDER = '{folder}';
const WAL_DIR_FLAG = '--wal-dir=';

/** A member that ended by itself. */
export interface Ending {
  readonly name: string;
  readonly exit: Exit;
  readonly log: string;
}

/** The members of a run: real processes, whose state is known through connections that no fault touches. */
export class Cluster {
  readonly folder = makeTemporaryFolder('jepsen');
  readonly network: Network;
  /** Members that ended by themselves although no fault explains it. */
  readonly crashes: Ending[] = [];
  /** Those that ended for a reason that a fault gave. */
  readonly excused: (Ending & { readonly excuse: string })[] = [];
  readonly #options: ClusterOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #disks = new Map<string, SmallDisk | LosingDisk>();
  readonly #views: Views;
  #isStopping = false;

  /** Starts all members, and returns when they agree on a leader. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options);
    try {
      for (let at = 1; at <= options.size; at++) await cluster.#addSlot(`n${at}`);
      const founders = cluster.#present.map(({ node }) => node);
      for (const slot of cluster.#present) slot.founders = founders;
      for (const name of cluster.names) cluster.spawn(name);
      await cluster.serving(cluster.names);
      await cluster.agreed();
      return cluster;
    } catch (error) {
      const logs = cluster.#present.map((slot) => `--- ${slot.name}\n${slot.log()}`).join('\n');
      await cluster.dispose();
      throw new Error(`the cluster did not start: ${String(error)}\n${logs}`, { cause: error });
    }
  }

  private constructor(options: ClusterOptions) {
    this.#options = options;
    this.network = options.network(() => this.#pids());
    this.#views = new Views({ slots: () => this.#present, urlOf: ({ name }) => this.directUrl(name) });
  }

  get target(): 'raftkv' | 'etcd' {
    return this.#options.target;
  }

  get certificates(): Certificates | undefined {
    return this.#options.certificates;
  }

  /** Present members, in the order in which they were added. */
  get names(): string[] {
    return this.#present.map(({ name }) => name);
  }

  /** Present and former members. */
  get everyName(): string[] {
    return [...this.#slots.keys()];
  }

  /** Members that run and have all their data. */
  get running(): string[] {
    return this.#present.filter(({ state, isSpoilt }) => state === 'up' && !isSpoilt).map(({ name }) => name);
  }

  stateOf(name: string): State {
    return this.#slot(name).state;
  }

  dataDir(name: string): string {
    return join(this.folder, name, 'data');
  }

  /** The directory of the member's log. */
  walDir(name: string): string {
    const flag = this.#flagsOf(name).findLast((each) => each.startsWith(WAL_DIR_FLAG));
    if (flag !== undefined) return flag.slice(WAL_DIR_FLAG.length);
    return join(this.dataDir(name), this.target === 'raftkv' ? 'wal' : 'member/wal');
  }

  /** The process id of a member whose process exists. */
  pid(name: string): number {
    return defined(this.#slot(name).process, `a process of ${name}`).pid;
  }

  /** The member's file system, in runs with a fault that fills it. */
  smallDisk(name: string): SmallDisk {
    const disk = this.#disks.get(name);
    assert(disk instanceof SmallDisk, `${name} has no small file system`);
    return disk;
  }

  /** The member's file system, in runs with a fault that takes its power. */
  losingDisk(name: string): LosingDisk {
    const disk = this.#disks.get(name);
    assert(disk instanceof LosingDisk, `${name} has no file system that can lose power`);
    return disk;
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

  /** The URL by which clients reach a member. */
  reachedUrl(name: string): string {
    return clientUrl(this.#slot(name).node.reached, this.certificates !== undefined);
  }

  /** The URL at which a member listens for clients. */
  directUrl(name: string): string {
    return clientUrl(this.#slot(name).node.listening, this.certificates !== undefined);
  }

  /** The URL by which other members reach this one. */
  peerUrl(name: string): string {
    return peerUrl(this.#slot(name).node.reached, this.certificates !== undefined);
  }

  /** The member's own view; undefined if it does not answer. */
  async status(name: string): Promise<MemberStatus | undefined> {
    return await this.#views.status(this.#slot(name));
  }

  /** The name of a member by its id; undefined until it has answered with that id. */
  nameOf(id: MemberId): string | undefined {
    return this.#views.nameOf(id);
  }

  /** The running member that considers itself leader, of the latest term. */
  async leader(): Promise<string | undefined> {
    return await this.#views.leader();
  }

  async someLeader(): Promise<string> {
    return await this.#views.someLeader();
  }

  /** Waits until all present members agree on a leader. @returns its name */
  async agreed(): Promise<string> {
    return await this.#views.agreed();
  }

  /** Waits until members answer for themselves; they may have no leader. @throws Error if one ends instead */
  async serving(names: readonly string[]): Promise<void> {
    await this.#views.serving(names.map((name) => this.#slot(name)));
  }

  /** Starts a member that is down, without waiting for it. */
  spawn(name: string): void {
    assert(!this.#isStopping, `${name} is started after the end of the run`);
    const slot = this.#slot(name);
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    const { settings } = this.#options;
    const variables = settings.map((each) => each.variables?.({ name, folder }) ?? {});
    const wrappers = settings.flatMap((each) => each.wrapper?.({ name, folder }) ?? []);
    const command = [...this.network.wrapperOf(name), ...wrappers, ...this.#command(slot)];
    slot.start(command, folder, Object.assign({}, ...variables) as Record<string, string>);
  }

  /** Starts those of the members that are down, and waits until all of them answer. Leaves alone what must be replaced. */
  async revive(names: readonly string[]): Promise<void> {
    const sound = names
      .map((name) => this.#slot(name))
      .filter(({ state, isSpoilt }) => state !== 'absent' && !isSpoilt);
    for (const { name, state } of sound) if (state === 'down') this.spawn(name);
    await this.serving(sound.map(({ name }) => name));
  }

  /**
   * Continues what is paused, starts what is down, and waits until all members answer.
   * @returns whether a member was paused or down
   */
  async restore(): Promise<boolean> {
    const isWhole = this.names.every((name) => this.stateOf(name) === 'up');
    for (const name of this.names) if (this.stateOf(name) === 'paused') this.resume(name);
    await this.revive(this.names);
    return !isWhole;
  }

  /** Ends members at once. */
  async kill(...names: string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#slot(name).kill()));
  }

  /** Asks a member to end by SIGTERM, and waits. @throws Error if it does not end with code 0 */
  async terminate(name: string): Promise<void> {
    // etcd ends by the signal itself.
    const isClean = ({ code, signal }: Exit): boolean => code === 0 || (this.target === 'etcd' && signal === 'SIGTERM');
    await this.#slot(name).terminate(isClean);
  }

  /** SIGSTOP. */
  pause(name: string): void {
    this.#slot(name).pause();
  }

  /** SIGCONT. */
  resume(name: string): void {
    this.#slot(name).resume();
  }

  /** Keeps other faults from starting a member, or relying on it, until it is replaced or `unspoil`. It may end by itself. */
  spoil(name: string): void {
    const slot = this.#slot(name);
    slot.isSpoilt = true;
    slot.excuse = 'its data are damaged';
  }

  unspoil(name: string): void {
    this.#slot(name).isSpoilt = false;
  }

  /** Allows a member to end by itself until its next start. */
  excuse(name: string, reason: string): void {
    this.#slot(name).excuse = reason;
  }

  /** Deletes the data of a member that is down. */
  wipe(name: string): void {
    assert(this.#slot(name).process === undefined, `${name} runs`);
    for (const folder of [this.dataDir(name), this.walDir(name)]) rmSync(folder, { recursive: true, force: true });
  }

  /** Reserves the name, ports and proxies of a further member. */
  async newNode(name: string): Promise<void> {
    await this.#addSlot(name);
    this.forget(name);
  }

  /** Makes a member, which `member add` has announced, join the present ones at its next start. */
  admit(name: string): void {
    const slot = this.#slot(name);
    assert(slot.state === 'absent', `${name} is ${slot.state}`);
    slot.state = 'down';
    slot.isSpoilt = false;
    slot.isFounder = false;
    slot.founders = this.#present.map(({ node }) => node);
  }

  /** Forgets a member that was removed from the cluster, and whose process has ended, until it is admitted again. */
  forget(name: string): void {
    const slot = this.#slot(name);
    assert(slot.process === undefined, `${name} runs`);
    slot.state = 'absent';
  }

  /** Ends all members, and removes their data. */
  async dispose(): Promise<void> {
    this.#isStopping = true;
    const slots = [...this.#slots.values()];
    await Promise.all(slots.map(({ client }) => client.close()));
    await Promise.all(slots.map((slot) => slot.kill()));
    await this.network.close();
    for (const disk of this.#disks.values()) disk.close();
    removeFolder(this.folder);
  }

  get #present(): Slot[] {
    return [...this.#slots.values()].filter(({ state }) => state !== 'absent');
  }

  *#pids(): Iterable<readonly [name: string, pid: number]> {
    for (const { name, process } of this.#slots.values()) if (process !== undefined) yield [name, process.pid];
  }

  #ended(slot: Slot, exit: Exit, excuse: string | undefined): void {
    if (this.#isStopping) return;
    const ending = { name: slot.name, exit, log: slot.log() };
    if (excuse === undefined) this.crashes.push(ending);
    else this.excused.push({ ...ending, excuse });
  }

  #command({ node, founders, isFounder }: Slot): string[] {
    const { target, etcd, program, certificates } = this.#options;
    return commandOf({
      ...{ target, etcd, program, node, founders, certificates },
      state: isFounder ? 'new' : 'existing',
      dataDir: this.dataDir(node.name),
      logFile: this.#logFile(node.name),
      token: this.folder,
      flags: this.#flagsOf(node.name),
    });
  }

  #flagsOf(name: string): string[] {
    const { flags, settings } = this.#options;
    const all = [...flags, ...settings.flatMap((each) => each.flags ?? [])];
    return all.map((flag) => flag.replaceAll(MEMBER_FOLDER, join(this.folder, name)));
  }

  async #addSlot(name: string): Promise<void> {
    const [clientPort, peerPort] = await quietPorts(2);
    const host = this.network.hostOf(name);
    const listening = { host, clientPort: defined(clientPort, 'a port'), peerPort: defined(peerPort, 'a port') };
    const { certificates, settings } = this.#options;
    const disk = settings.find((each) => each.disk !== undefined)?.disk;
    const Disk = disk?.kind === 'losing' ? LosingDisk : SmallDisk;
    if (disk !== undefined) this.#disks.set(name, new Disk(join(this.folder, name), disk.bytes));
    await certificates?.issue(name);
    const node = { name, listening, reached: await this.network.add(name, listening) };
    const endpoints = [clientUrl(listening, certificates !== undefined)];
    const client = new Client({ ...this.#credentials(), endpoints });
    const onEnd = this.#ended.bind(this);
    const onGone = (pid: number): void => settings.forEach((each) => each.removeLeftovers?.(pid));
    this.#slots.set(name, new Slot({ node, client, logFile: this.#logFile(name), onEnd, onGone }));
  }

  #logFile(name: string): string {
    return join(this.#options.logFolder, `${name}.log`);
  }

  #credentials(): Pick<ClientOptions, 'tls' | 'user' | 'password'> {
    const { certificates, user } = this.#options;
    return { ...(certificates && { tls: certificates.tls }), ...user };
  }

  #slot(name: string): Slot {
    return defined(this.#slots.get(name), `a member ${name}`);
  }
}
