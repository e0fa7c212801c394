import { MemoryStorage, RawNode } from '../../src/raft/index.js';
import type { Entry, Message, NodeId, Ready } from '../../src/raft/index.js';
import { assert, defined } from '../../src/util/assert.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import type { Random } from '../../src/util/random.js';
import { bytes, confState } from './network.js';
import { Referee } from './referee.js';

/** A member and its disk; it can crash, be slow and lose unsynced data. */
interface Machine {
  node: RawNode;
  storage: MemoryStorage;
  /** Taken and not yet written: the disk is busy, and a crash loses it. */
  writing: Ready | undefined;
  /** Handed to the applier and not yet applied. */
  applying: Entry[];
  applied: number;
}

/** Probabilities of each fault. */
interface Weather {
  readonly loss: number;
  readonly duplicate: number;
  readonly crash: number;
  readonly partition: number;
}

/**
 * A group under loss, reordering, duplication, partitions, crashes and slow disks, all drawn from one seed. The network
 * is a set of messages that delivers any of them next. The referee checks Raft's properties after every event.
 */
export class Chaos {
  readonly #random: Random;
  readonly #seed: number;
  readonly #machines = new Map<NodeId, Machine>();
  readonly #voters: readonly NodeId[];
  readonly #learners: readonly NodeId[];
  readonly #options: { readonly preVote: boolean; readonly checkQuorum: boolean };
  readonly #referee: Referee;
  #weather: Weather;
  #cut = new Set<string>();
  #bag: Message[] = [];
  #proposals = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
    const size = randomInteger(this.#random, 1, 6);
    this.#voters = Array.from({ length: size }, (_, position) => position + 1);
    this.#learners = this.#chance(0.3) ? [size + 1] : [];
    this.#options = { preVote: this.#chance(0.5), checkQuorum: this.#chance(0.5) };
    this.#weather = {
      loss: this.#random.next() * 0.2,
      duplicate: this.#random.next() * 0.1,
      crash: this.#random.next() * 0.01,
      partition: this.#random.next() * 0.01,
    };
    this.#referee = new Referee(this.#voters);
    for (const id of [...this.#voters, ...this.#learners]) {
      const storage = new MemoryStorage({ confState: confState(this.#voters, { learners: this.#learners }) });
      this.#machines.set(id, {
        node: this.#start(id, storage, 0),
        storage,
        writing: undefined,
        applying: [],
        applied: 0,
      });
    }
  }

  /** Counts of interesting events: a run without them proves nothing. */
  get tally(): { readonly committed: number; readonly leaders: number; readonly reads: number } {
    return this.#referee.tally;
  }

  run(events: number): void {
    for (let event = 0; event < events; event += 1) this.#event();
  }

  /** Without faults: within a few timeouts there is one leader, and all members have all entries. */
  heal(): void {
    this.#weather = { loss: 0, duplicate: 0, crash: 0, partition: 0 };
    this.#cut = new Set();
    this.#settle(400);
    const leader = [...this.#machines.values()].find(({ node }) => node.role === 'leader');
    assert(leader !== undefined, 'a healed group has no leader');
    assert(leader.node.propose(bytes('last')).kind === 'ok', 'a healed leader takes no proposal');
    // A later commit index may overtake an append; the next heartbeat repeats the commit index.
    this.#settle(2);
    const ends = [...this.#machines.values()].map(({ applied, node }) => [applied, node.lastIndex, node.leader]);
    const expected = [leader.node.lastIndex, leader.node.lastIndex, leader.node.id];
    assert(
      ends.every((end) => end.join() === expected.join()),
      `a healed group differs: ${JSON.stringify(ends)}`,
    );
  }

  #event(): void {
    const id = this.#pick([...this.#machines.keys()]);
    const { node } = this.#machine(id);
    const dice = this.#random.next();
    if (this.#chance(this.#weather.crash)) this.#crash(id);
    else if (this.#chance(this.#weather.partition)) this.#repartition();
    else if (dice < 0.1) node.tick();
    else if (dice < 0.5) this.#deliver();
    else if (dice < 0.8) this.#disk(id);
    else if (dice < 0.88) this.#apply(id);
    else if (dice < 0.94) this.#propose(id);
    else if (dice < 0.97) this.#referee.ask(node);
    else if (dice < 0.98) node.reportUnreachable(this.#pick(this.#voters));
    else if (dice < 0.985) node.transferLeader(this.#pick(this.#voters));
    else if (dice < 0.99) this.#compact(id);
    else if (dice < 0.992) node.forgetLeader();
    else if (dice < 0.995) node.campaign();
    this.#check();
  }

  #propose(id: NodeId): void {
    this.#proposals += 1;
    this.#machine(id).node.propose(bytes(`p${this.#proposals}`));
  }

  /** Takes a Ready, or finishes the write of the current one. */
  #disk(id: NodeId): void {
    const machine = this.#machine(id);
    const ready = machine.writing;
    if (ready === undefined) {
      const options = { committed: this.#chance(0.8) };
      if (!machine.node.hasReady(options)) return;
      machine.writing = machine.node.ready(options);
      this.#post(machine.writing.messages);
      return;
    }
    machine.writing = undefined;
    if (ready.snapshot !== undefined) {
      machine.storage.applySnapshot(ready.snapshot);
      machine.applying = [];
      machine.applied = Math.max(machine.applied, ready.snapshot.metadata.index);
    }
    machine.storage.append(ready.entries);
    if (ready.hardState !== undefined) machine.storage.setHardState(ready.hardState);
    this.#post(ready.messagesAfterAppend);
    machine.applying.push(...ready.committedEntries);
    this.#referee.answered(ready.readStates);
    machine.node.advance();
  }

  #apply(id: NodeId): void {
    const machine = this.#machine(id);
    const entry = machine.applying.shift();
    if (entry === undefined) return;
    assert(entry.index === machine.applied + 1, `${id} applies ${entry.index} after ${machine.applied}`);
    machine.applied = entry.index;
    this.#referee.applied(entry);
    machine.node.appliedTo(entry.index);
  }

  #compact(id: NodeId): void {
    const { storage, applied, node } = this.#machine(id);
    if (applied < storage.firstIndex()) return;
    storage.createSnapshot(applied, node.status().config, bytes(`state at ${applied}`));
    storage.compact(randomInteger(this.#random, storage.firstIndex(), applied + 1));
  }

  /** Unwritten data is lost, and no message that depended on it was sent. */
  #crash(id: NodeId): void {
    const machine = this.#machine(id);
    machine.writing = undefined;
    machine.applying = [];
    machine.node = this.#start(id, machine.storage, machine.applied);
    this.#referee.restarted(id);
  }

  #repartition(): void {
    this.#cut = new Set();
    if (this.#chance(0.4)) return;
    const ids = [...this.#machines.keys()];
    for (const from of ids) for (const to of ids) if (this.#chance(0.3)) this.#cut.add(`${from}>${to}`);
  }

  #post(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#cut.has(`${message.from}>${message.to}`) || this.#chance(this.#weather.loss)) {
        if (message.type === 'MsgSnap') this.#machine(message.from).node.reportSnapshot(message.to, 'failed');
        continue;
      }
      this.#bag.push(message);
      if (this.#chance(this.#weather.duplicate)) this.#bag.push(message);
    }
  }

  #deliver(): void {
    if (this.#bag.length === 0) return;
    // Usually the oldest message, so that the group makes progress; sometimes any other.
    const at = this.#chance(0.7) ? 0 : randomInteger(this.#random, 0, this.#bag.length);
    const [message] = this.#bag.splice(at, 1);
    if (message === undefined) return;
    this.#machine(message.to).node.step(message);
    if (message.type === 'MsgSnap') this.#machine(message.from).node.reportSnapshot(message.to, 'delivered');
  }

  #settle(ticks: number): void {
    for (let tick = 0; tick < ticks; tick += 1) {
      for (const { node } of this.#machines.values()) node.tick();
      this.#quiesce();
    }
  }

  #quiesce(): void {
    for (let busy = true; busy;) {
      busy = this.#bag.length > 0;
      for (; this.#bag.length > 0; this.#check()) this.#deliver();
      for (const [id, machine] of this.#machines) {
        while (machine.writing !== undefined || machine.node.hasReady() || machine.applying.length > 0) {
          this.#disk(id);
          this.#check();
          this.#apply(id);
          busy = true;
        }
      }
    }
  }

  #check(): void {
    for (const [id, { node, storage }] of this.#machines) this.#referee.check(id, node, storage);
    this.#referee.checkCommitted([...this.#machines].map(([id, { node, storage }]) => ({ id, node, storage })));
  }

  #start(id: NodeId, storage: MemoryStorage, applied: number): RawNode {
    return new RawNode({
      id,
      storage,
      applied,
      random: seededRandom(this.#seed * 1000 + id),
      electionTicks: 5,
      maxMessageBytes: 8,
      maxInflightMessages: 3,
      maxUncommittedBytes: 100,
      maxCommittedBytesPerReady: 20,
      applyOnAdvance: false,
      ...this.#options,
    });
  }

  #machine(id: NodeId): Machine {
    return defined(this.#machines.get(id), `machine ${id}`);
  }

  #pick<T>(values: readonly T[]): T {
    return defined(values[randomInteger(this.#random, 0, values.length)], 'a value to pick');
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability;
  }
}
