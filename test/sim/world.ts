import type { Member } from '../../src/kv/membership/members.js';
import type { ConfChangeApplication } from '../../src/ports/state-machine.js';
import type { Entry, NodeId } from '../../src/raft/types.js';
import { defined } from '../../src/util/assert.js';
import { randomInteger, seededRandom, type Random } from '../../src/util/random.js';
import { MemoryNetwork, type NetworkFaults } from '../support/memory-network.js';
import { firstMembers } from '../support/virtual-cluster.js';
import type { Metadata } from '../support/virtual-member.js';
import { VirtualTime, type VirtualClock } from '../support/virtual-time.js';
import { Invariants } from './invariants.js';
import { Machine, type Operation } from './machine.js';
import type { SimOptions } from './options.js';
import { packetText, Trace } from './trace.js';

/** A violated invariant. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** A directed pair of members whose link is cut. */
export type Cut = (from: NodeId, to: NodeId) => boolean;

/** Delays or fails an operation of a machine's disk or engine. One in the turn of its caller is delayed by a stall. */
export type Hindrance = (machine: Machine, operation: Operation) => void | Promise<void>;

/** Everything in one run: time, network, machines, and their observers. */
export class World {
  readonly options: SimOptions;
  readonly time = new VirtualTime();
  readonly trace: Trace;
  readonly invariants: Invariants;
  readonly network: MemoryNetwork;
  readonly machines: Machine[] = [];
  /** The active cuts of links; each fault adds its own, and removes it. */
  readonly cuts = new Set<Cut>();
  /** The active faults of disks and engines. */
  readonly hindrances = new Set<Hindrance>();
  /** Called with each machine after a step that may have changed it. */
  onLook: (machine: Machine) => void = () => undefined;
  /** Called with committed entries before a member applies them. */
  onApplies: (entries: readonly Entry[]) => void = () => undefined;
  /** Called when a member has applied entries or a snapshot, or has started. */
  onApplied: (machine: Machine) => void = () => undefined;
  /** The metadata of the calls to each member that state none of their own. */
  readonly credentials = new Map<NodeId, Metadata>();
  /** Added delay of clogged links, by "from>to", in ms. */
  readonly clogs = new Map<string, number>();
  readonly #networkClock = this.time.clock();
  readonly #byId = new Map<NodeId, Machine>();
  readonly #bootstrap: readonly Member[];
  readonly #removed = new Set<NodeId>();
  readonly #chance: Random;
  #violation: Violation | undefined;

  constructor(options: SimOptions, write: ((line: string) => void) | undefined) {
    this.options = options;
    const { members, seed } = options;
    this.#chance = this.random('world');
    this.trace = new Trace({ now: () => this.time.nowMs, write });
    const onViolation = (what: string): void => this.violated(what);
    this.invariants = new Invariants({ witness: (id) => this.#byId.get(id), onViolation });
    this.network = new MemoryNetwork({
      random: this.random('network'),
      clock: this.#networkClock,
      faults: this.weather,
      onPacket: (event) => {
        const { kind, from, to, packet } = event;
        if (kind === 'sent') this.invariants.sent(event);
        if (!this.trace.on) return;
        const [sender, receiver] = [this.machine(from), this.machine(to)];
        if (kind === 'arrived') this.trace.line(receiver, `<- ${sender.label} ${packetText(packet)}`);
        else this.trace.line(sender, `${kind === 'lost' ? 'LOST' : '->'} ${receiver.label} ${packetText(packet)}`);
      },
    });
    this.#bootstrap = firstMembers(members);
    this.time.onStep = (owner) => this.#onStep(owner);
    for (const { id } of this.#bootstrap) this.addMachine(id);
    this.trace.line(undefined, `seed ${seed}: ${members} members`);
  }

  /** The network without faults, beyond the quality drawn for the run. */
  get weather(): NetworkFaults {
    const { network } = this.options;
    return {
      delayMs: network.delayMs,
      lossRate: network.lossRate,
      duplicateRate: network.duplicateRate,
      reorder: network.reorder,
      linkDelayMs: (from, to) => this.clogs.get(`${from}>${to}`) ?? 0,
      drop: () => false,
      holdBackMs: () => 0,
      snapshotBytesPerSecond: network.snapshotBytesPerSecond,
    };
  }

  /** Whether clocks keep the bound of the lease, so that `default` reads are linearizable. */
  get clocksKeepBound(): boolean {
    const { rateSpread, node, faults } = this.options;
    return (1 + rateSpread) / (1 - rateSpread) < 1 + node.clockDriftBound && faults['clock-jump'] === undefined;
  }

  /** Whether no clock jumps. */
  get clocksKeepTime(): boolean {
    return this.options.faults['clock-jump'] === undefined;
  }

  /** A random generator for each part, so that omitting one does not change the others. */
  random(part: string): Random {
    let seed = this.options.seed;
    for (const character of part) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) >>> 0;
    return seededRandom(seed);
  }

  machine(id: NodeId): Machine {
    return defined(this.#byId.get(id), `machine ${id}`);
  }

  /** Creates a member with an empty disk, without starting it. */
  addMachine(id: NodeId): Machine {
    const { options, trace, invariants } = this;
    const { node, requestMs, maxLearners, segmentBytes, inTurnBytesMax, syncMsMax, table, rateSpread } = options;
    const label = `m${this.machines.length + 1}`;
    const random = this.random(label);
    const machine = new Machine({
      member: {
        time: this.time,
        random,
        id,
        bootstrap: this.#bootstrap,
        node,
        requestMs,
        maxLearners,
        rate: 1 + (random.next() * 2 - 1) * rateSpread,
        syncMsMax,
        table,
        segmentBytes,
        inTurnBytesMax,
        watches: {
          progressIntervalMs: options.watchProgressMs,
          responseQueueBytes: options.responseQueueBytes,
          limits: options.watchLimits,
        },
        auth: options.auth,
        more: { indexSliceKeys: options.indexSliceKeys },
        credentials: () => this.credentials.get(id) ?? {},
        connect: (clock) => this.network.transport(id, clock),
      },
      label,
      trace,
      invariants,
      downMs: () => node.electionMs * (0.05 + random.next()),
      before: (subject, operation) => this.#before(subject, operation),
      beforeInTurn: (subject, operation) => {
        for (const hindrance of this.hindrances) void hindrance(subject, operation);
      },
      onViolation: (what) => this.violated(what),
      wasRemoved: (subject) => this.wasRemoved(subject.id),
      onConfChange: (application) => this.#onConfChange(application),
      onApplies: (entries) => this.onApplies(entries),
      onApplied: (subject) => this.onApplied(subject),
      onStarted: () => this.connect(),
      onDead: () => this.network.kill(id),
    });
    this.machines.push(machine);
    this.#byId.set(id, machine);
    return machine;
  }

  /** Applies the active cuts to the links. */
  connect(): void {
    this.network.connect((from, to) => {
      for (const cut of this.cuts) if (cut(from, to)) return false;
      return true;
    });
  }

  /** Whether some member has applied the removal of this one. */
  wasRemoved(id: NodeId): boolean {
    return this.#removed.has(id);
  }

  get running(): readonly Machine[] {
    return this.machines.filter((machine) => machine.running);
  }

  /** The member that considers itself leader in the newest term. */
  get leader(): Machine | undefined {
    let newest: Machine | undefined;
    let term = 0;
    for (const machine of this.machines) {
      const status = machine.status;
      if (status?.role !== 'leader' || status.term <= term) continue;
      newest = machine;
      term = status.term;
    }
    return newest;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.schedule(ms, resolve));
  }

  /**
   * Whether the others could do without this machine's data for good, with a margin of one if a membership change may
   * be in progress.
   */
  canLose(machine: Machine): boolean {
    const voters = this.invariants.newestConf?.voters.length ?? this.options.members;
    const lost = this.machines.filter((other) => other !== machine && isDoubtful(other)).length;
    const left = voters - lost - 1;
    const isQuorum = (count: number, of: number): boolean => count > of / 2;
    if (Object.keys(this.options.operations).length === 0) return isQuorum(left, voters);
    return isQuorum(left - 1, voters - 1) && isQuorum(left, voters + 1);
  }

  /** Data on one disk may be damaged, so removing another member could remove the only good copy. */
  get hasDoubtfulDisk(): boolean {
    return this.machines.some(isDoubtful);
  }

  /** Reports a violation: the run ends with this step. */
  violated(what: string): void {
    this.trace.line(undefined, `VIOLATION: ${what}`);
    this.#violation ??= new Violation(what);
  }

  /** A random machine that fits; undefined if none does. */
  someMachine(random: Random, fits: (machine: Machine) => boolean): Machine | undefined {
    const fitting = this.machines.filter(fits);
    return fitting[randomInteger(random, 0, fitting.length)];
  }

  /** @throws Violation if an invariant was violated */
  check(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  /** Removes all faults; every machine runs, or is about to start. */
  healed(): void {
    this.cuts.clear();
    this.clogs.clear();
    this.hindrances.clear();
    this.connect();
    for (const machine of this.machines) {
      machine.spaceBytes = Infinity;
      machine.startLater();
    }
  }

  #onConfChange({ change, admitted }: ConfChangeApplication): void {
    if (admitted) for (const { type, id } of change.steps) if (type === 'remove') this.#removed.add(id);
  }

  /** A process changes only in steps of its own clock; steps of the world may change any. */
  #onStep(owner: VirtualClock | undefined): void {
    if (owner !== this.#networkClock) {
      for (const machine of this.machines) {
        if (owner !== undefined && !machine.member.isTimedBy(owner)) continue;
        machine.look();
        if (machine.running) this.onLook(machine);
      }
    }
    this.check();
  }

  async #before(machine: Machine, operation: Operation): Promise<void> {
    for (const hindrance of this.hindrances) await hindrance(machine, operation);
    const { batchMsMax } = this.options;
    if (operation.kind !== 'batch' || batchMsMax === 0 || machine.dead) return;
    const { clock } = machine.member;
    await new Promise<void>((resolve) => clock.timeout(this.#chance.next() * batchMsMax, resolve));
  }
}

/** Whether a bit of its log has rotted, and it has not been replaced yet. */
function isDoubtful({ fate, suspect }: Machine): boolean {
  return fate === 'damaged' || (fate === 'wanted' && suspect);
}
