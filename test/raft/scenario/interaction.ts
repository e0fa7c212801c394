import { makeMessage } from '../../../src/raft/messages.js';
import { defined } from '../../../src/util/assert.js';
import { addNodes } from './add-nodes.js';
import { formatEntry, formatMessage, formatOutcome, formatProgress, indent, ROLE_NAMES } from './format.js';
import { Group, type Recipient, type ScenarioNode } from './group.js';
import { Complaint, valueOf, wordsOf, type Block } from './language.js';
import { parseChange } from './steps.js';

const ELECTION_TICKS = 3;
const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'];

type Command = (group: Group, block: Block) => string;

/** Runs the blocks of one file on one group of nodes; yields the output of each. */
export function interactionRunner(): (block: Block) => string {
  const group = new Group();
  let silent = false;
  const run = (block: Block): string => {
    if (block.name === 'log-level') {
      silent = silences(wordsOf(block)[0] ?? '');
      return '';
    }
    const command = COMMANDS[block.name];
    if (command === undefined) throw new Complaint('unknown command');
    const level = valueOf(block, 'log-level');
    const quiet = level === undefined ? silent : silences(level);
    const output = command(group, block);
    return quiet ? '' : output;
  };
  return (block) => {
    try {
      return run(block);
    } catch (error) {
      if (error instanceof Complaint) return error.message;
      throw error;
    }
  };
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'add-nodes': addNodes,
  campaign: silently((node) => node.raw.campaign()),
  'tick-election': silently((node) => ticks(node, ELECTION_TICKS)),
  'tick-heartbeat': silently((node) => ticks(node, 1)),
  'forget-leader': silently((node) => node.raw.forgetLeader()),
  'set-randomized-election-timeout': silently((node, block) =>
    node.raw.setElectionTimeout(Number(valueOf(block, 'timeout'))),
  ),
  'report-unreachable': silently((node, block) => node.raw.reportUnreachable(Number(wordsOf(block)[1]))),
  propose: silently((node, block) => {
    const outcome = node.raw.propose(Buffer.from(wordsOf(block)[1] ?? ''));
    complainIf(formatOutcome(outcome, 'MsgProp'));
  }),
  'propose-conf-change': silently((node, block) => {
    const { change, asV1 } = parseChange(block);
    complainIf(formatOutcome(node.raw.proposeConfChange(change, { asV1 }), 'MsgProp'));
  }),
  'process-ready': (group, block) =>
    each(group, block, 'handling Ready', (node) => (node.raw.hasReady() ? group.processReady(node) : '<empty Ready>')),
  'process-append-thread': (group, block) =>
    each(group, block, 'processing append thread', (node) => group.processThread(node, 'append')),
  'process-apply-thread': (group, block) =>
    each(group, block, 'processing apply thread', (node) => group.processThread(node, 'apply')),
  'deliver-msgs': (group, block) => group.deliver(recipients(block), valueOf(block, 'type')),
  stabilize: (group, block) => {
    const nodes = named(group, block);
    return group.stabilize(nodes.length === 0 ? group.nodes : nodes);
  },
  'transfer-leadership': (group, block) => {
    group.node(Number(valueOf(block, 'from'))).raw.transferLeader(Number(valueOf(block, 'to')));
    return '';
  },
  'send-snapshot': sendSnapshot,
  compact,
  'raft-state': (group) => group.nodes.map(describeState).join('\n'),
  'raft-log': (group, block) => describeLog(first(group, block)),
  status: (group, block) => {
    const { raw, inflight } = first(group, block);
    return [...raw.status().progress].map(([id, progress]) => formatProgress(id, progress, inflight)).join('\n');
  },
};

function silences(level: string): boolean {
  const name = level.toUpperCase();
  if (!LOG_LEVELS.includes(name)) throw new Complaint(`log levels must be either of [${LOG_LEVELS.join(' ')}]`);
  return name === 'NONE';
}

function complainIf(complaint: string | undefined): void {
  if (complaint !== undefined) throw new Complaint(complaint);
}

function named(group: Group, block: Block): readonly ScenarioNode[] {
  return wordsOf(block).map((word) => group.node(Number(word)));
}

function first(group: Group, block: Block): ScenarioNode {
  return group.node(Number(defined(wordsOf(block)[0], `line ${block.line}: a node`)));
}

function silently(act: (node: ScenarioNode, block: Block) => void): Command {
  return (group, block) => {
    act(first(group, block), block);
    return '';
  };
}

function ticks({ raw }: ScenarioNode, count: number): void {
  for (let done = 0; done < count; done++) raw.tick();
}

/** The output of one node alone, or that of several nodes, each under a title. */
function each(group: Group, block: Block, title: string, act: (node: ScenarioNode) => string): string {
  const nodes = named(group, block);
  if (nodes.length === 1) return nodes.map(act).join('\n');
  return nodes.map((node) => `> ${node.id} ${title}\n${indent(act(node))}`).join('\n');
}

/** The nodes to deliver to and to drop for, in the order of the arguments. */
function recipients({ args }: Block): readonly Recipient[] {
  return args.flatMap(({ key, values }): Recipient[] => {
    if (values === undefined) return [{ id: Number(key), drop: false }];
    return key === 'drop' ? values.map((id) => ({ id: Number(id), drop: true })) : [];
  });
}

/** The message is queued for `deliver-msgs`, like any other. */
function sendSnapshot(group: Group, block: Block): string {
  const { id: from, raw, storage } = first(group, block);
  const to = Number(wordsOf(block)[1]);
  const message = makeMessage({ type: 'MsgSnap', from, to, term: raw.term, snapshot: storage.snapshot() });
  group.messages.push(message);
  return formatMessage(message);
}

function compact(group: Group, block: Block): string {
  const node = first(group, block);
  const index = Number(wordsOf(block)[1]);
  if (index < node.storage.firstIndex()) throw new Complaint('requested index is unavailable due to compaction');
  node.storage.compact(index);
  return describeLog(node);
}

function describeState({ id, raw }: ScenarioNode): string {
  const { voters, votersOutgoing } = raw.confState;
  const voter = voters.includes(id) || votersOutgoing.includes(id) ? 'Voter' : 'Non-Voter';
  return `${id}: ${ROLE_NAMES[raw.role]} (${voter}) Term:${raw.term} Lead:${raw.leader}`;
}

function describeLog({ storage }: ScenarioNode): string {
  const [from, to] = [storage.firstIndex(), storage.lastIndex()];
  if (to < from) return `log is empty: first index=${from}, last index=${to}`;
  const entries = storage.entries(from, to + 1, Infinity);
  if (typeof entries === 'string') throw new Error(`the log is ${entries}`);
  return entries.map(formatEntry).join('\n');
}
