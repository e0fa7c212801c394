import {
  decodeConfChange,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  MemoryStorage,
  MESSAGE_TYPES,
  RawNode,
} from '../../../src/raft/index.js';
import type { Config, ConfState, Entry, HardState, Message, NodeId, Snapshot } from '../../../src/raft/index.js';
import { assert, defined } from '../../../src/util/assert.js';
import { formatMessage, formatOutcome, formatReady, indent, messagesOf } from './format.js';

const NOBODY: ConfState = { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };

/** Far more than any scenario needs. */
const ROUNDS_MAX = 10_000;

/** A storage whose snapshot is always the newest state: the data of all applied entries, joined. */
class ScenarioStorage extends MemoryStorage {
  newest: Snapshot;

  constructor(snapshot: Snapshot) {
    super(snapshot.metadata.index > 0 ? { snapshot } : { confState: snapshot.metadata.confState });
    this.newest = snapshot;
  }

  override snapshot(): Snapshot {
    return this.newest;
  }
}

export interface ScenarioNode {
  readonly id: NodeId;
  readonly raw: RawNode;
  readonly storage: ScenarioStorage;
  readonly async: boolean;
  readonly inflight: number;
  readonly appendWork: Message[];
  readonly applyWork: Message[];
}

/** A destination of queued messages, which are delivered or dropped. */
export interface Recipient {
  readonly id: NodeId;
  readonly drop: boolean;
}

/** The nodes of a scenario and the messages queued between them. Methods return the text to print. */
export class Group {
  readonly nodes: ScenarioNode[] = [];
  messages: Message[] = [];

  add(options: {
    config: Partial<Config>;
    voters: NodeId[];
    learners: NodeId[];
    index: number;
    content: string;
  }): void {
    const { config, voters, learners, index, content } = options;
    const id = this.nodes.length + 1;
    const confState = { ...NOBODY, voters, learners };
    const metadata = { index, term: index > 0 ? 1 : 0, confState };
    const storage = new ScenarioStorage({ metadata, data: Buffer.from(content) });
    if (index > 0) storage.setHardState({ term: 0, vote: 0, commit: index });
    const inflight = config.maxInflightMessages ?? Number.MAX_SAFE_INTEGER;
    const raw = new RawNode({
      id,
      storage,
      applied: index,
      random: { next: () => 0 },
      electionTicks: 3,
      heartbeatTicks: 1,
      preVote: false,
      checkQuorum: false,
      maxMessageBytes: Infinity,
      maxUncommittedBytes: Infinity,
      maxCommittedBytesPerReady: Infinity,
      ...config,
      maxInflightMessages: inflight,
    });
    const async = config.asyncStorageWrites === true;
    this.nodes.push({ id, raw, storage, async, inflight, appendWork: [], applyWork: [] });
  }

  node(id: NodeId): ScenarioNode {
    return defined(this.nodes[id - 1], `node ${id}`);
  }

  processReady(node: ScenarioNode): string {
    const ready = node.raw.ready();
    if (node.async) {
      for (const message of ready.messages) {
        if (message.to === LOCAL_APPEND_THREAD) node.appendWork.push(message);
        else if (message.to === LOCAL_APPLY_THREAD) node.applyWork.push(message);
        else this.messages.push(message);
      }
      return formatReady(ready);
    }
    write(node, ready);
    apply(node, ready.committedEntries);
    this.messages.push(...messagesOf(ready));
    node.raw.advance();
    return formatReady(ready);
  }

  processThread(node: ScenarioNode, thread: 'append' | 'apply'): string {
    const work = thread === 'append' ? node.appendWork : node.applyWork;
    const message = work.shift();
    if (message === undefined) return `no ${thread} work to perform`;
    if (thread === 'append') {
      const { term, vote, commit, entries, snapshot } = message;
      const hardState = term === 0 && vote === 0 && commit === 0 ? undefined : { term, vote, commit };
      write(node, { entries, snapshot, hardState });
    } else {
      apply(node, message.entries);
    }
    this.messages.push(...message.responses);
    const done = formatMessage({ ...message, responses: [] });
    return ['Processing:', done, 'Responses:', ...message.responses.map(formatMessage)].join('\n');
  }

  deliver(recipients: readonly Recipient[], type?: string): string {
    if (type !== undefined)
      assert(
        MESSAGE_TYPES.some((each) => each === type),
        `no messages are of type ${type}`,
      );
    const lines: string[] = [];
    for (const { id, drop } of recipients) {
      for (const message of this.#take(id, type, drop)) {
        lines.push(`${drop ? 'dropped: ' : ''}${formatMessage(message)}`);
        // The receiver need not exist yet.
        if (drop) continue;
        const complaint = formatOutcome(this.node(id).raw.step(message), message.type);
        if (complaint !== undefined) lines.push(complaint);
      }
    }
    return lines.length === 0 ? 'no messages' : lines.join('\n');
  }

  stabilize(nodes: readonly ScenarioNode[]): string {
    const lines: string[] = [];
    const told = (title: string, text: string): void => void lines.push(`> ${title}`, indent(text));
    let rounds = 0;
    for (let moved = true; moved;) {
      moved = false;
      assert(rounds++ < ROUNDS_MAX, 'the nodes do not come to rest');
      for (const node of nodes) {
        if (!node.raw.hasReady()) continue;
        told(`${node.id} handling Ready`, this.processReady(node));
        moved = true;
      }
      for (const { id } of nodes) {
        if (!this.messages.some(({ to }) => to === id)) continue;
        told(`${id} receiving messages`, this.deliver([{ id, drop: false }]));
        moved = true;
      }
      for (const thread of ['append', 'apply'] as const) {
        for (const node of nodes) {
          const work = thread === 'append' ? node.appendWork : node.applyWork;
          if (work.length === 0) continue;
          const texts: string[] = [];
          while (work.length > 0) texts.push(this.processThread(node, thread));
          told(`${node.id} processing ${thread} thread`, texts.join('\n'));
          moved = true;
        }
      }
    }
    return lines.join('\n');
  }

  /** Messages of a node to itself are not dropped. */
  #take(to: NodeId, type: string | undefined, dropping: boolean): Message[] {
    const taken = (message: Message): boolean =>
      message.to === to &&
      (type === undefined || message.type === type) &&
      !(dropping && (message.from === to || message.from < 0));
    const found = this.messages.filter(taken);
    this.messages = this.messages.filter((message) => !taken(message));
    return found;
  }
}

function write(
  { storage }: ScenarioNode,
  work: {
    readonly entries: readonly Entry[];
    readonly snapshot: Snapshot | undefined;
    readonly hardState: HardState | undefined;
  },
): void {
  if (work.hardState !== undefined) storage.setHardState(work.hardState);
  if (work.snapshot !== undefined) {
    storage.applySnapshot(work.snapshot);
    storage.newest = work.snapshot;
  }
  storage.append(work.entries);
}

function apply({ raw, storage }: ScenarioNode, entries: readonly Entry[]): void {
  for (const { type, data, index, term } of entries) {
    const { newest } = storage;
    const changes = type !== 'normal';
    const confState = changes ? raw.applyConfChange(decodeConfChange(data)) : newest.metadata.confState;
    const joined = changes ? newest.data : Buffer.concat([newest.data, data]);
    storage.newest = { metadata: { index, term, confState }, data: joined };
  }
}
