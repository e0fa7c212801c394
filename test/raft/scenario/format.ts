import { decodeConfChange, LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, NONE } from '../../../src/raft/index.js';
import type {
  ConfChangeStep,
  Entry,
  HardState,
  Message,
  MessageType,
  NodeId,
  Outcome,
  ProgressStatus,
  Ready,
  Role,
  Snapshot,
} from '../../../src/raft/index.js';

/* How scenario files write down what nodes do. */

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  follower: 'StateFollower',
  'pre-candidate': 'StatePreCandidate',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
};

const ENTRY_NAMES = { normal: 'EntryNormal', 'conf-change': 'EntryConfChange', 'conf-change-v2': 'EntryConfChangeV2' };
const STEP_LETTERS = { 'add-voter': 'v', 'add-learner': 'l', remove: 'r', update: 'u' };
export const STATE_NAMES = { probe: 'StateProbe', replicate: 'StateReplicate', snapshot: 'StateSnapshot' };

export function indent(text: string, by = '  '): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n');
}

function formatTarget(id: NodeId): string {
  if (id === NONE) return 'None';
  if (id === LOCAL_APPEND_THREAD) return 'AppendThread';
  return id === LOCAL_APPLY_THREAD ? 'ApplyThread' : id.toString(16);
}

function formatSteps(steps: readonly ConfChangeStep[]): string {
  return steps.map(({ type, id }) => `${STEP_LETTERS[type]}${id}`).join(' ');
}

export function formatEntry({ term, index, type, data }: Entry): string {
  const text =
    type === 'normal' ? JSON.stringify(Buffer.from(data).toString()) : formatSteps(decodeConfChange(data).steps);
  return `${term}/${index} ${ENTRY_NAMES[type]}${text === '' ? '' : ` ${text}`}`;
}

function formatHardState({ term, vote, commit }: HardState): string {
  return `Term:${term}${vote === 0 ? '' : ` Vote:${vote}`} Commit:${commit}`;
}

function formatSnapshot({ metadata: { index, term, confState } }: Snapshot): string {
  const list = (ids: readonly NodeId[]): string => `[${ids.join(' ')}]`;
  return (
    `Index:${index} Term:${term} ConfState:Voters:${list(confState.voters)} ` +
    `VotersOutgoing:${list(confState.votersOutgoing)} Learners:${list(confState.learners)} ` +
    `LearnersNext:${list(confState.learnersNext)} AutoLeave:${confState.autoLeave}`
  );
}

export function formatMessage(message: Message): string {
  const { type, from, to, term, logTerm, index, reject, rejectHint, commit, vote, entries, responses } = message;
  let text = `${formatTarget(from)}->${formatTarget(to)} ${type} Term:${term} Log:${logTerm}/${index}`;
  if (reject) text += ` Rejected (Hint: ${rejectHint})`;
  if (commit !== 0) text += ` Commit:${commit}`;
  if (vote !== 0) text += ` Vote:${vote}`;
  const [first, ...more] = entries;
  if (first !== undefined && more.length === 0) text += ` Entries:[${formatEntry(first)}]`;
  else if (first !== undefined) text += ` Entries:[\n${indent(entries.map(formatEntry).join('\n'))}\n]`;
  if (message.snapshot !== undefined) text += `\n  Snapshot: ${formatSnapshot(message.snapshot)}`;
  if (responses.length > 0) text += ` Responses:[\n${indent(responses.map(formatMessage).join('\n'))}\n]`;
  return text;
}

/** The reason for rejecting a message or a proposal; undefined if it was accepted or silently ignored. */
export function formatOutcome(outcome: Outcome, type: MessageType): string | undefined {
  if (outcome.kind === 'refused') {
    if (outcome.reason === 'unknown-peer') return 'raft: cannot step as peer not found';
    return outcome.reason === 'local-type' ? 'raft: cannot step raft local message' : `refused: ${outcome.reason}`;
  }
  return outcome.kind === 'dropped' && type === 'MsgProp' ? 'raft proposal dropped' : undefined;
}

/**
 * All messages of a Ready, in the order of the files. There, a vote request does not wait for the write that contains
 * its vote; here it does, but it precedes the promises of the same write.
 */
export function messagesOf({ messages, messagesAfterAppend }: Ready): readonly Message[] {
  const requests = messagesAfterAppend.filter(({ type }) => type === 'MsgVote');
  return [...messages, ...requests, ...messagesAfterAppend.filter(({ type }) => type !== 'MsgVote')];
}

export function formatReady(ready: Ready): string {
  const lines: string[] = [];
  const { softState, hardState, readStates, entries, snapshot, committedEntries } = ready;
  const messages = messagesOf(ready);
  if (softState !== undefined) lines.push(`Lead:${softState.leader} State:${ROLE_NAMES[softState.role]}`);
  if (hardState !== undefined) lines.push(`HardState ${formatHardState(hardState)}`);
  if (readStates.length > 0) {
    lines.push(`ReadStates [${readStates.map(({ index, context }) => `{${index} [${context.join(' ')}]}`).join(' ')}]`);
  }
  if (entries.length > 0) lines.push('Entries:', ...entries.map(formatEntry));
  if (snapshot !== undefined) lines.push(`Snapshot ${formatSnapshot(snapshot)}`);
  if (committedEntries.length > 0) lines.push('CommittedEntries:', ...committedEntries.map(formatEntry));
  if (messages.length > 0) lines.push('Messages:', ...messages.map(formatMessage));
  return lines.length === 0 ? '<empty Ready>' : `Ready MustSync=${ready.mustSync}:\n${lines.join('\n')}`;
}

export function formatProgress(id: NodeId, progress: ProgressStatus, limit: number): string {
  const { state, match, next, isLearner, paused, pendingSnapshot, recentActive, inflightMessages } = progress;
  let text = `${id}: ${STATE_NAMES[state]} match=${match} next=${next}`;
  if (isLearner) text += ' learner';
  if (paused) text += ' paused';
  if (pendingSnapshot > 0) text += ` pendingSnap=${pendingSnapshot}`;
  if (!recentActive) text += ' inactive';
  if (inflightMessages > 0) text += ` inflight=${inflightMessages}${inflightMessages >= limit ? '[full]' : ''}`;
  return text;
}
