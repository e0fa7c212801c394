import { NO_BYTES, sameBytes } from './bytes.js';
import type { Message, MessageType, NodeId } from './types.js';
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, NONE } from './types.js';

/** What a message says beside the zeros. */
export type MessageFields = Partial<Message> & { readonly type: MessageType; readonly to: NodeId };

/** What a sender says of itself where the fields do not. */
export interface Origin {
  readonly from: NodeId;
  readonly term: number;
}

/** One for all: almost every message has none. */
export const NO_MESSAGES: readonly Message[] = [];

const NOBODY: Origin = { from: NONE, term: 0 };

/** A whole message: what is not given holds its zero, so that all have one shape. */
export function makeMessage(fields: MessageFields, origin: Origin = NOBODY): Message {
  return {
    type: fields.type,
    to: fields.to,
    from: fields.from ?? origin.from,
    term: fields.term ?? origin.term,
    logTerm: fields.logTerm ?? 0,
    index: fields.index ?? 0,
    entries: fields.entries ?? [],
    commit: fields.commit ?? 0,
    reject: fields.reject ?? false,
    rejectHint: fields.rejectHint ?? 0,
    context: fields.context ?? NO_BYTES,
    snapshot: fields.snapshot,
    vote: fields.vote ?? NONE,
    responses: fields.responses ?? NO_MESSAGES,
  };
}

const FORCED = Uint8Array.from('transfer', (character) => character.charCodeAt(0));

/** The context of votes that a leader has asked for itself: they are granted though that leader is alive. */
export function forcedVoteContext(): Uint8Array {
  return FORCED.slice();
}

export function isForcedVote({ context }: Message): boolean {
  return sameBytes(context, FORCED);
}

/** Only a node itself, or its transport, steps these in; from the network they are forgeries. */
const LOCAL: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgHup',
  'MsgBeat',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgForgetLeader',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
]);

export function isLocal(type: MessageType): boolean {
  return LOCAL.has(type);
}

/** Done work, reported by the node's own storage threads. */
export function isFromStorage({ type, from }: Message): boolean {
  if (type === 'MsgStorageAppendResp') return from === LOCAL_APPEND_THREAD;
  return type === 'MsgStorageApplyResp' && from === LOCAL_APPLY_THREAD;
}

/** Answers: they mean something only if they come from a member. */
const RESPONSES: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgAppResp',
  'MsgVoteResp',
  'MsgHeartbeatResp',
  'MsgReadIndexResp',
  'MsgPreVoteResp',
]);

export function isResponse(type: MessageType): boolean {
  return RESPONSES.has(type);
}

/**
 * Messages that promise durable state: they wait for the write of the Ready that they leave with. A request for a vote
 * does too, for it says how far this node's log reaches: a vote that was given for entries which a crash then took must
 * not count in a second election of the same term.
 */
export function waitsForAppend(type: MessageType): boolean {
  return type === 'MsgAppResp' || type === 'MsgVote' || type === 'MsgVoteResp' || type === 'MsgPreVoteResp';
}

/** What is passed on for somebody without a term; and a member that never had one refuses pre-votes in term 0. */
const TERMLESS: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgProp',
  'MsgReadIndex',
  'MsgPreVoteResp',
  'MsgStorageAppendResp',
  'MsgStorageApplyResp',
]);

/** What the rules rely on. A message that breaks it is refused before it can break an invariant. */
export function isWellFormed(message: Message): boolean {
  // Term 0 reads as "of no term" below; from anything else it would slip past the comparison of terms.
  if (message.term === 0 && !TERMLESS.has(message.type)) return false;
  if (message.type === 'MsgReadIndex') return message.context.length > 0;
  if (message.type === 'MsgProp') return message.entries.length > 0;
  if (message.type !== 'MsgApp') return true;
  let { index } = message;
  let term = message.logTerm;
  for (const entry of message.entries) {
    if (entry.index !== index + 1 || entry.term < term || entry.term > message.term) return false;
    ({ index, term } = entry);
  }
  return true;
}
