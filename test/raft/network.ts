import { decodeConfChange, MemoryStorage, RawNode } from '../../src/raft/index.js';
import type { Config, ConfState, Entry, Message, MessageType, NodeId, ReadState, Ready } from '../../src/raft/index.js';
import { assert, defined } from '../../src/util/assert.js';
import { seededRandom } from '../../src/util/random.js';

/** A configuration of voters, with the given fields replaced. */
export function confState(voters: readonly NodeId[], rest: Partial<ConfState> = {}): ConfState {
  return { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false, ...rest };
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

export function entry(term: number, index: number, data = ''): Entry {
  return { term, index, type: 'normal', data: bytes(data) };
}

/** A log as `term:data`, one for each entry. */
export function brief(entries: readonly Entry[]): string[] {
  return entries.map(({ term, data }) => `${term}:${text(data)}`);
}

export interface Member {
  node: RawNode;
  readonly storage: MemoryStorage;
  readonly applied: Entry[];
  readonly reads: ReadState[];
}

export interface NetworkOptions {
  readonly voters: readonly NodeId[];
  readonly learners?: readonly NodeId[];
  /** Initial logs and hard states of members. */
  readonly prepare?: (storage: MemoryStorage, id: NodeId) => void;
  readonly config?: Partial<Config>;
  readonly configOf?: (id: NodeId) => Partial<Config>;
}

/** Fails a test in which two members answer each other without end. */
const MAX_ROUNDS = 10_000;

/** Members in one process, joined by links that a test can cut. Messages move only on command. */
export class Network {
  readonly members = new Map<NodeId, Member>();
  /** All messages handed to the network, including dropped ones. */
  readonly sent: Message[] = [];
  #waiting: Message[] = [];
  readonly #cuts = new Set<string>();
  readonly #ignored = new Set<MessageType>();
  readonly #options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.#options = options;
    for (const id of [...options.voters, ...(options.learners ?? [])]) {
      const storage = new MemoryStorage({ confState: confState(options.voters, { learners: options.learners ?? [] }) });
      options.prepare?.(storage, id);
      this.members.set(id, { node: this.#start(id, storage, 0), storage, applied: [], reads: [] });
    }
  }

  member(id: NodeId): Member {
    return defined(this.members.get(id), `member ${id}`);
  }

  node(id: NodeId): RawNode {
    return this.member(id).node;
  }

  /** Data of the applied entries, without the no-ops. */
  applied(id: NodeId): string[] {
    return this.member(id)
      .applied.filter(({ data }) => data.length > 0)
      .map(({ data }) => text(data));
  }

  log(id: NodeId): string[] {
    const { storage } = this.member(id);
    const entries = storage.entries(storage.firstIndex(), storage.lastIndex() + 1, Infinity);
    assert(typeof entries !== 'string', 'the log of a test is whole');
    return brief(entries);
  }

  cut(from: NodeId, to: NodeId): void {
    this.#cuts.add(`${from}>${to}`);
  }

  isolate(id: NodeId): void {
    for (const other of this.members.keys()) {
      this.cut(id, other);
      this.cut(other, id);
    }
  }

  /** Drops messages of one kind, everywhere. */
  ignore(type: MessageType): void {
    this.#ignored.add(type);
  }

  heal(): void {
    this.#cuts.clear();
    this.#ignored.clear();
  }

  /** Crash and restart: unwritten data is lost. */
  restart(id: NodeId): void {
    const member = this.member(id);
    this.#waiting = this.#waiting.filter(({ to }) => to !== id);
    member.node = this.#start(id, member.storage, member.applied.at(-1)?.index ?? 0);
  }

  /**
   * A member that is not part of the group yet. It will receive the log from its first entry, so it starts with the
   * configuration of that time, which does not include it.
   */
  join(id: NodeId): void {
    const { voters, learners = [] } = this.#options;
    const storage = new MemoryStorage({ confState: confState(voters, { learners }) });
    this.members.set(id, { node: this.#start(id, storage, 0), storage, applied: [], reads: [] });
  }

  tick(id: NodeId, count = 1): void {
    for (let done = 0; done < count; done += 1) this.node(id).tick();
  }

  /** Advances the clocks of all members tick by tick, and delivers the resulting messages. */
  run(ticks: number): void {
    for (let done = 0; done < ticks; done += 1) {
      for (const id of this.members.keys()) this.tick(id);
      this.settle();
    }
  }

  /** Executes one Ready in the documented order. */
  process(id: NodeId): Ready {
    const { node, storage, applied, reads } = this.member(id);
    const ready = node.ready();
    this.#post(ready.messages);
    if (ready.snapshot !== undefined) storage.applySnapshot(ready.snapshot);
    storage.append(ready.entries);
    if (ready.hardState !== undefined) storage.setHardState(ready.hardState);
    this.#post(ready.messagesAfterAppend);
    applied.push(...ready.committedEntries);
    for (const { type, data } of ready.committedEntries) {
      if (type !== 'normal') node.applyConfChange(decodeConfChange(data));
    }
    reads.push(...ready.readStates);
    node.advance();
    return ready;
  }

  /** Delivers the messages queued for one member. */
  deliver(id: NodeId): void {
    const mine = this.#waiting.filter(({ to }) => to === id);
    this.#waiting = this.#waiting.filter(({ to }) => to !== id);
    for (const message of mine) this.node(id).step(message);
  }

  /** Runs until no member has work left. */
  settle(): void {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const busy = [...this.members.keys()].filter((id) => this.node(id).hasReady());
      for (const id of busy) this.process(id);
      const receivers = [...this.members.keys()].filter((id) => this.#waiting.some(({ to }) => to === id));
      for (const id of receivers) this.deliver(id);
      if (busy.length === 0 && receivers.length === 0) return;
    }
    assert(false, 'the members never come to rest');
  }

  elect(id: NodeId): void {
    this.node(id).campaign();
    this.settle();
    assert(this.node(id).role === 'leader', `${id} was not elected`);
  }

  propose(id: NodeId, ...data: string[]): void {
    for (const each of data) assert(this.node(id).propose(bytes(each)).kind === 'ok', `${each} was dropped`);
    this.settle();
  }

  sentOf(type: MessageType): Message[] {
    return this.sent.filter((message) => message.type === type);
  }

  #post(messages: readonly Message[]): void {
    for (const message of messages) {
      this.sent.push(message);
      const lost = this.#cuts.has(`${message.from}>${message.to}`) || this.#ignored.has(message.type);
      if (!lost && this.members.has(message.to)) this.#waiting.push(message);
    }
  }

  #start(id: NodeId, storage: MemoryStorage, applied: number): RawNode {
    return new RawNode({
      id,
      storage,
      applied,
      random: seededRandom(id),
      preVote: false,
      checkQuorum: false,
      ...this.#options.config,
      ...this.#options.configOf?.(id),
    });
  }
}

/** A lone member with peers played by the test. All its Readys are taken. */
export function lone(id: NodeId, voters: readonly NodeId[], options: Omit<NetworkOptions, 'voters'> = {}): Network {
  const network = new Network({
    ...options,
    voters,
    prepare: (storage, each) => options.prepare?.(storage, each),
  });
  for (const other of voters) if (other !== id) network.members.delete(other);
  return network;
}
