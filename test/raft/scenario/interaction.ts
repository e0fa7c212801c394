import type { Config, ConfChange, ConfChangeStep, ConfChangeTransition, NodeId } from '../../../src/raft/index.js';
import { makeMessage } from '../../../src/raft/messages.js';
import { defined } from '../../../src/util/assert.js';
import { formatEntry, formatMessage, formatOutcome, formatProgress, indent, ROLE_NAMES } from './format.js';
import { Group, type ScenarioNode } from './group.js';
import type { Block } from './language.js';

const ELECTION_TICKS = 3;
const STEP_TYPES = { v: 'add-voter', l: 'add-learner', r: 'remove', u: 'update' } as const;
const TRANSITIONS: Readonly<Record<string, ConfChangeTransition>> = {
  auto: 'auto',
  implicit: 'implicit',
  explicit: 'explicit',
};

type Command = (group: Group, block: Block) => string;

/** Runs the blocks of one file against one group of nodes; yields what each printed. */
export function interactionRunner(): (block: Block) => string {
  const group = new Group();
  let silent = false;
  return (block) => {
    if (block.name === 'log-level') {
      silent = block.words[0]?.toLowerCase() === 'none';
      return '';
    }
    const command = COMMANDS[block.name];
    if (command === undefined) throw new Error(`line ${block.line}: unknown command ${block.name}`);
    const output = command(group, block);
    const quiet = silent || option(block, 'log-level')?.toLowerCase() === 'none';
    return quiet ? '' : output;
  };
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'add-nodes': addNodes,
  campaign: silently((node) => node.raw.campaign()),
  'tick-election': silently((node) => ticks(node, ELECTION_TICKS)),
  'tick-heartbeat': silently((node) => ticks(node, 1)),
  'forget-leader': silently((node) => node.raw.forgetLeader()),
  'set-randomized-election-timeout': silently((node, block) =>
    node.raw.setElectionTimeout(Number(option(block, 'timeout'))),
  ),
  'report-unreachable': silently((node, block) => node.raw.reportUnreachable(Number(block.words[1]))),
  compact: silently((node, block) => node.storage.compact(Number(block.words[1]))),
  propose: (group, block) => {
    const outcome = first(group, block).raw.propose(Buffer.from(block.words[1] ?? ''));
    return formatOutcome(outcome, 'MsgProp') ?? '';
  },
  'propose-conf-change': proposeConfChange,
  'process-ready': (group, block) =>
    each(group, block, 'handling Ready', (node) => (node.raw.hasReady() ? group.processReady(node) : '<empty Ready>')),
  'process-append-thread': (group, block) =>
    each(group, block, 'processing append thread', (node) => group.processThread(node, 'append')),
  'process-apply-thread': (group, block) =>
    each(group, block, 'processing apply thread', (node) => group.processThread(node, 'apply')),
  'deliver-msgs': (group, block) =>
    group.deliver({
      to: block.words.map(Number),
      drop: (block.options.get('drop') ?? []).map(Number),
      type: option(block, 'type'),
    }),
  stabilize: (group, block) => group.stabilize(named(group, block)),
  'transfer-leadership': (group, block) => {
    group.node(Number(option(block, 'from'))).raw.transferLeader(Number(option(block, 'to')));
    return '';
  },
  'send-snapshot': sendSnapshot,
  'raft-state': (group) => group.nodes.map(describeState).join('\n'),
  'raft-log': (group, block) => describeLog(first(group, block)),
  status: (group, block) => {
    const { raw, inflight } = first(group, block);
    return [...raw.status().progress].map(([id, progress]) => formatProgress(id, progress, inflight)).join('\n');
  },
};

function option(block: Block, name: string): string | undefined {
  return block.options.get(name)?.[0];
}

function flag(block: Block, name: string): boolean {
  return option(block, name) === 'true';
}

function first(group: Group, block: Block): ScenarioNode {
  return group.node(Number(defined(block.words[0], `line ${block.line}: a node`)));
}

/** Those that the command names; all where it names none. */
function named(group: Group, block: Block): readonly ScenarioNode[] {
  return block.words.length === 0 ? group.nodes : block.words.map((word) => group.node(Number(word)));
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

/** One node's output stands alone; that of several under a title each. */
function each(group: Group, block: Block, title: string, act: (node: ScenarioNode) => string): string {
  const nodes = named(group, block);
  if (nodes.length === 1) return nodes.map(act).join('\n');
  return nodes.map((node) => `> ${node.id} ${title}\n${indent(act(node))}`).join('\n');
}

function addNodes(group: Group, block: Block): string {
  const ids = (name: string): NodeId[] => (block.options.get(name) ?? []).map(Number);
  const inflight = option(block, 'inflight');
  const committed = option(block, 'max-committed-size-per-ready');
  const config: Partial<Config> = {
    preVote: flag(block, 'prevote'),
    checkQuorum: flag(block, 'checkquorum'),
    readOnlyOption: option(block, 'read-only') === 'lease-based' ? 'lease-based' : 'safe',
    asyncStorageWrites: flag(block, 'async-storage-writes'),
    disableConfChangeValidation: flag(block, 'disable-conf-change-validation'),
    stepDownOnRemoval: flag(block, 'step-down-on-removal'),
    ...(inflight === undefined ? {} : { maxInflightMessages: Number(inflight) }),
    ...(committed === undefined ? {} : { maxCommittedBytesPerReady: Number(committed) }),
  };
  for (let added = 0; added < Number(block.words[0]); added++) {
    const index = Number(option(block, 'index') ?? 0);
    group.add({
      config,
      voters: ids('voters'),
      learners: ids('learners'),
      index,
      content: option(block, 'content') ?? '',
    });
  }
  return '';
}

function proposeConfChange(group: Group, block: Block): string {
  const steps = parseSteps(block.input);
  const transition = TRANSITIONS[option(block, 'transition') ?? 'auto'];
  const change: ConfChange = {
    transition: defined(transition, `line ${block.line}: transition`),
    steps,
    context: new Uint8Array(0),
  };
  const outcome = first(group, block).raw.proposeConfChange(change, { asV1: flag(block, 'v1') });
  return formatOutcome(outcome, 'MsgProp') ?? '';
}

/** `v3` makes a voter, `l4` a learner, `r5` removes, `u6` updates. */
export function parseSteps(lines: readonly string[]): ConfChangeStep[] {
  const words = lines.join(' ').split(/\s+/);
  return words
    .filter((word) => word !== '')
    .map((word) => {
      const type = STEP_TYPES[word.charAt(0) as keyof typeof STEP_TYPES];
      if (type === undefined) throw new Error(`${word} is no step of a configuration change`);
      return { type, id: Number(word.slice(1)) };
    });
}

/** The message waits for `deliver-msgs`, like any other. */
function sendSnapshot(group: Group, block: Block): string {
  const { id: from, raw, storage } = first(group, block);
  const to = Number(block.words[1]);
  const message = makeMessage({ type: 'MsgSnap', from, to, term: raw.term, snapshot: storage.snapshot() });
  group.messages.push(message);
  return formatMessage(message);
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
