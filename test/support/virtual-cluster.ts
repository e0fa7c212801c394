import type { Member } from '../../src/kv/membership/members.js';
import { DEFAULT_NODE_CONFIG, type NodeConfig } from '../../src/node/config.js';
import { defined } from '../../src/util/assert.js';
import { silentLogger } from '../../src/util/logger.js';
import { randomInteger, seededRandom, type Random } from '../../src/util/random.js';
import { MemoryNetwork, type NetworkFaults } from './memory-network.js';
import { VirtualMember, type MoreSettings, type VirtualAuth, type VirtualTable } from './virtual-member.js';

import { VirtualTime } from './virtual-time.js';

/** A fast network with reordering. */
export const GOOD_NETWORK: NetworkFaults = {
  delayMs: [0.2, 2],
  lossRate: 0,
  duplicateRate: 0,
  reorder: true,
  linkDelayMs: () => 0,
  drop: () => false,
  holdBackMs: () => 0,
  snapshotBytesPerSecond: 16 * 1024 * 1024,
};

export interface VirtualClusterOptions {
  readonly members: number;
  readonly seed: number;
  readonly node?: Partial<NodeConfig>;
  /** The rate of each member's clock. Default: 1. */
  readonly rates?: readonly number[];
  /** Maximum number of learners. Default: 1. */
  readonly maxLearners?: number;
  /** Further settings of the members. Default: no quota. */
  readonly more?: MoreSettings;
  /** Longest time that a disk takes for a sync, in virtual ms. Default: 4. */
  readonly syncMsMax?: number;
  readonly auth?: VirtualAuth;
  /** A table in front of each engine. Default: none. */
  readonly table?: VirtualTable;
  /** Longest wait of a client's call, in virtual ms. */
  readonly requestMs?: number;
}

/** The members of a new cluster, with ids from 1 on. */
export function firstMembers(count: number): readonly Member[] {
  return Array.from({ length: count }, (_, at) => ({
    id: at + 1,
    name: `m${at + 1}`,
    peerUrls: [`http://m${at + 1}:2380`],
    clientUrls: [],
    isLearner: false,
  }));
}

/** A cluster in one process, in virtual time: the same seed gives the same run. */
export class VirtualCluster {
  readonly time = new VirtualTime();
  readonly random: Random;
  readonly network: MemoryNetwork;
  readonly members: VirtualMember[];
  readonly #options: VirtualClusterOptions;
  readonly #bootstrap: readonly Member[];

  constructor(options: VirtualClusterOptions) {
    this.#options = options;
    this.random = seededRandom(options.seed);
    this.network = new MemoryNetwork({ random: this.random, clock: this.time.clock(), faults: GOOD_NETWORK });
    this.#bootstrap = firstMembers(options.members);
    this.members = this.#bootstrap.map(({ id }) => this.#make(id, options.rates?.[id - 1] ?? 1));
  }

  /** Creates a member that was added to the cluster with this id, with an empty disk, and does not start it. */
  newcomer(id: number, rate = 1): VirtualMember {
    const made = this.#make(id, rate);
    this.members.push(made);
    return made;
  }

  /** Starts every member, and waits for a leader. */
  async start(): Promise<void> {
    for (const member of this.members) await this.time.wait(member.start());
    await this.leader();
  }

  member(id: number): VirtualMember {
    return defined(
      this.members.find((member) => member.id === id),
      `member ${id}`,
    );
  }

  /** Removes all cuts and faults of the network. */
  heal(): void {
    this.network.heal();
    Object.assign(this.network.faults, GOOD_NETWORK);
  }

  /** Kills the process (SIGKILL), or simulates power loss. */
  crash(member: VirtualMember, how: 'kill' | 'power'): void {
    this.network.kill(member.id);
    if (how === 'kill') member.kill();
    else member.losePower();
  }

  /** The running members that consider themselves leader. */
  leaders(): VirtualMember[] {
    return this.members.filter((member) => member.running && member.assembly.node.status().role === 'leader');
  }

  /** Waits for a leader that a quorum follows, other than those given. */
  async leader(except: readonly number[] = []): Promise<VirtualMember> {
    const found = (): VirtualMember | undefined =>
      this.leaders().find((member) => !except.includes(member.id) && this.#isFollowed(member));
    await this.time.until('a quorum follows a leader', () => found() !== undefined);
    return defined(found(), 'leader');
  }

  /** Every member stops cleanly. */
  async stop(): Promise<void> {
    for (const member of this.members) if (member.running) await this.time.wait(member.stop());
  }

  #make(id: number, rate: number): VirtualMember {
    const { node, requestMs = 3000, maxLearners = 1, syncMsMax = 4 } = this.#options;
    return new VirtualMember({
      time: this.time,
      random: seededRandom(randomInteger(this.random, 0, 2 ** 32)),
      logger: silentLogger,
      id,
      bootstrap: this.#bootstrap,
      node: { ...DEFAULT_NODE_CONFIG, ...node },
      requestMs,
      maxLearners,
      more: this.#options.more ?? {},
      table: this.#options.table,
      ...(this.#options.auth === undefined ? {} : { auth: this.#options.auth }),
      rate,
      syncMsMax,
      connect: (clock) => this.network.transport(id, clock),
    });
  }

  #isFollowed(leader: VirtualMember): boolean {
    const { term } = leader.assembly.node.status();
    const { voters } = leader.assembly.node.confState;
    const followers = this.members.filter((member) => {
      if (!member.running || !voters.includes(member.id)) return false;
      const status = member.assembly.node.status();
      return status.term === term && status.leader === leader.id;
    });
    return followers.length > voters.length / 2;
  }
}
