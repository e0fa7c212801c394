import { NO_BYTES, sameBytes } from './bytes.js';
import type { Message, MessageType, NodeId } from './types.js';
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, NONE } from './types.js';

/** The fields of a message that are not zero. */
export type MessageFields = Partial<Message> & { readonly type: MessageType; readonly to: NodeId };

/** Defaults for the sender's fields. */
export interface Origin {
  readonly from: NodeId;
  readonly term: number;
}

/** Shared, since almost every message has none. */
export const NO_MESSAGES: readonly Message[] = [];

const NO_ORIGIN: Origin = { from: NONE, term: 0 };

/** Makes a message. Fields that are not given hold their zero, so that all messages have one shape. */
export function makeMessage(fields: MessageFields, origin: Origin = NO_ORIGIN): Message {
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

/** The context of votes in a leadership transfer: they are granted although the leader is alive. */
export function forcedVoteContext(): Uint8Array {
  return FORCED.slice();
}

export function isForcedVote({ context }: Message): boolean {
  return sameBytes(context, FORCED);
}

/** Kinds that only a node itself or its transport steps in. From the network they are forgeries. */
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

/** Whether a message reports completed work of the node's own storage threads. */
export function isFromStorage({ type, from }: Message): boolean {
  if (type === 'MsgStorageAppendResp') return from === LOCAL_APPEND_THREAD;
  return type === 'MsgStorageApplyResp' && from === LOCAL_APPLY_THREAD;
}

/** Answers, which count only from a node in the configuration. */
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

/** Kinds that only the leader of their term sends. */
const LEADER_ONLY: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgApp',
  'MsgHeartbeat',
  'MsgSnap',
  'MsgTimeoutNow',
  'MsgReadIndexResp',
]);

export function isFromLeader(type: MessageType): boolean {
  return LEADER_ONLY.has(type);
}

/**
 * How far a message's term may be ahead of this node's. A node raises its term by one per election timeout at most, and
 * only while it is cut off and runs without PreVote. With a timeout of 10 ms, the shortest that can work, 2^36 terms take
 * 21 years. Terms end at 2^53−1, and a term that is reached stays: one forged message must not use them up.
 */
export const TERM_JUMP_MAX = 2 ** 36;

/**
 * Whether a message promises durable state, and so waits for the write of its Ready. A vote request does: it states the
 * end of this node's log, and if a crash cuts that end, votes given for it must not count in a later election of the
 * same term.
 */
export function waitsForAppend(type: MessageType): boolean {
  return type === 'MsgAppResp' || type === 'MsgVote' || type === 'MsgVoteResp' || type === 'MsgPreVoteResp';
}

/** Kinds that may have term 0: forwarded ones have no term, and a new member refuses pre-votes in term 0. */
const TERMLESS: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgProp',
  'MsgReadIndex',
  'MsgPreVoteResp',
  'MsgStorageAppendResp',
  'MsgStorageApplyResp',
]);

/** Whether a message has the form that the rules rely on. Any other is refused before it can break an invariant. */
export function isWellFormed(message: Message): boolean {
  // Term 0 means "no term" to the rules, so it would bypass the comparison of terms.
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
