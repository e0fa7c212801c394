import type { LearnersProgress, Packet, Round, RoundAck } from '../ports/transport.js';
import { NO_MESSAGES } from '../raft/messages.js';
import { NONE } from '../raft/types.js';
import type { ConfState, Entry, EntryType, Message, MessageType, NodeId, Snapshot } from '../raft/types.js';
import { raftkv } from '../gen/proto.js';
import { EMPTY } from '../util/bytes.js';
import { clampInteger, toBigInt, type WireInteger } from '../util/integer.js';

/** A frame that no member of this version sends. The receiver drops it and keeps the link. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

/**
 * Wire numbers of the message kinds. A number is never reused for another kind. Kinds that stay inside their node have
 * none.
 */
const MESSAGE_NUMBERS = {
  MsgProp: 1,
  MsgApp: 2,
  MsgAppResp: 3,
  MsgVote: 4,
  MsgVoteResp: 5,
  MsgSnap: 6,
  MsgHeartbeat: 7,
  MsgHeartbeatResp: 8,
  MsgTransferLeader: 9,
  MsgTimeoutNow: 10,
  MsgReadIndex: 11,
  MsgReadIndexResp: 12,
  MsgPreVote: 13,
  MsgPreVoteResp: 14,
} as const satisfies Partial<Record<MessageType, number>>;

const NUMBERS_BY_TYPE: ReadonlyMap<MessageType, number> = new Map(
  Object.entries(MESSAGE_NUMBERS) as [MessageType, number][],
);
const TYPES_BY_NUMBER: ReadonlyMap<number, MessageType> = new Map(
  [...NUMBERS_BY_TYPE].map(([type, number]) => [number, type]),
);

const { NORMAL, CONF_CHANGE, CONF_CHANGE_V2 } = raftkv.EntryType;
const ENTRY_NUMBERS: Readonly<Record<EntryType, raftkv.EntryType>> = {
  normal: NORMAL,
  'conf-change': CONF_CHANGE,
  'conf-change-v2': CONF_CHANGE_V2,
};
const ENTRY_TYPES: ReadonlyMap<number, EntryType> = new Map([
  [NORMAL, 'normal'],
  [CONF_CHANGE, 'conf-change'],
  [CONF_CHANGE_V2, 'conf-change-v2'],
]);

/** An upper bound on the bytes that a message takes in a frame. */
export function messageBytes(message: Message): number {
  let bytes = 96 + message.context.length;
  for (const entry of message.entries) bytes += 32 + entry.data.length;
  return bytes;
}

/** @throws CodecError on a kind of message that stays inside its node */
export function encodePacket(packet: Packet): Uint8Array {
  const { group, messages, round, ack, calls = [] } = packet;
  return raftkv.PeerFrame.encode({
    group,
    messages: messages.map(toWireMessage),
    round: round === undefined ? null : toWireRound(round),
    roundAck: ack ?? null,
    calls: [...calls],
  }).finish();
}

/**
 * Kinds that a member passes on to the leader for another member, whose id they keep. All others come from the member at
 * the other end of the link.
 */
const FORWARDED: ReadonlySet<MessageType> = new Set<MessageType>(['MsgProp', 'MsgReadIndex', 'MsgTransferLeader']);

/**
 * Decodes a packet from the member `from` to this member. The bytes of entries and contexts are views of the received
 * buffer, so an entry that is kept keeps its whole frame in memory.
 * @throws CodecError on an unknown kind, an integer beyond 2^53−1, a snapshot, or other ids than those of the link
 */
export function decodePacket(frame: raftkv.PeerFrame, ids: { readonly from: NodeId; readonly to: NodeId }): Packet {
  const { round, roundAck, calls } = frame;
  const messages = frame.messages.map(fromWireMessage);
  for (const { type, from, to, snapshot } of messages) {
    if (to !== ids.to) throw new CodecError(`a ${type} for member ${to}`);
    if (from !== ids.from && !FORWARDED.has(type)) throw new CodecError(`a ${type} in the name of member ${from}`);
    // A snapshot has a stream of its own.
    if (snapshot !== undefined) throw new CodecError(`a ${type} with a snapshot in a packet`);
  }
  return {
    group: frame.group,
    messages,
    round: round === null || round === undefined ? undefined : fromWireRound(round),
    ack: roundAck === null || roundAck === undefined ? undefined : fromWireAck(roundAck),
    ...(calls.length === 0 ? {} : { calls }),
  };
}

/** @throws CodecError on a kind of message that stays inside its node */
export function toWireMessage(message: Message): raftkv.RaftMessage.$Properties {
  const type = NUMBERS_BY_TYPE.get(message.type);
  if (type === undefined) throw new CodecError(`${message.type} does not leave its node`);
  const { to, from, term, logTerm, index, entries, commit, reject, rejectHint, context, snapshot } = message;
  return {
    type,
    to,
    from,
    term,
    logTerm,
    index,
    entries: entries.map(toWireEntry),
    commit,
    reject,
    rejectHint,
    context,
    snapshot: snapshot === undefined ? null : toWireSnapshot(snapshot),
  };
}

function toWireEntry({ term, index, type, data }: Entry): raftkv.RaftEntry.$Properties {
  return { term, index, type: ENTRY_NUMBERS[type], data };
}

function toWireSnapshot({ metadata, data }: Snapshot): raftkv.RaftSnapshot.$Properties {
  const { voters, learners, votersOutgoing, learnersNext, autoLeave } = metadata.confState;
  return {
    index: metadata.index,
    term: metadata.term,
    confState: {
      voters: [...voters],
      learners: [...learners],
      votersOutgoing: [...votersOutgoing],
      learnersNext: [...learnersNext],
      autoLeave,
    },
    data,
  };
}

function toWireRound({ term, sequence, echo, minMatch, learners }: Round): raftkv.Round.$Properties {
  return {
    term,
    sequence,
    echoMs: echo?.timeMs ?? null,
    echoCommit: echo?.commit ?? 0,
    minMatch,
    learners: learners === undefined ? null : { ...learners, learners: [...learners.learners] },
  };
}

/** @throws CodecError on an unknown kind, or an integer beyond 2^53−1 */
export function fromWireMessage(wire: raftkv.RaftMessage.$Properties): Message {
  const type = TYPES_BY_NUMBER.get(wire.type ?? 0);
  if (type === undefined) throw new CodecError(`unknown kind of message ${wire.type}`);
  return {
    type,
    to: safe(wire.to),
    from: safe(wire.from),
    term: safe(wire.term),
    logTerm: safe(wire.logTerm),
    index: safe(wire.index),
    entries: (wire.entries ?? []).map(fromWireEntry),
    commit: safe(wire.commit),
    reject: wire.reject ?? false,
    rejectHint: safe(wire.rejectHint),
    context: wire.context ?? EMPTY,
    snapshot: wire.snapshot === null || wire.snapshot === undefined ? undefined : fromWireSnapshot(wire.snapshot),
    // Only messages to storage threads have these.
    vote: NONE,
    responses: NO_MESSAGES,
  };
}

function fromWireEntry(wire: raftkv.RaftEntry.$Properties): Entry {
  const type = ENTRY_TYPES.get(wire.type ?? NORMAL);
  if (type === undefined) throw new CodecError(`unknown kind of entry ${wire.type}`);
  return { term: safe(wire.term), index: safe(wire.index), type, data: wire.data ?? EMPTY };
}

function fromWireSnapshot(wire: raftkv.RaftSnapshot.$Properties): Snapshot {
  const confState: ConfState = {
    voters: (wire.confState?.voters ?? []).map(safe),
    learners: (wire.confState?.learners ?? []).map(safe),
    votersOutgoing: (wire.confState?.votersOutgoing ?? []).map(safe),
    learnersNext: (wire.confState?.learnersNext ?? []).map(safe),
    autoLeave: wire.confState?.autoLeave ?? false,
  };
  return { metadata: { index: safe(wire.index), term: safe(wire.term), confState }, data: wire.data ?? EMPTY };
}

function fromWireRound(wire: raftkv.Round.$Properties): Round {
  const { echoMs, learners } = wire;
  return {
    term: safe(wire.term),
    sequence: safe(wire.sequence),
    echo:
      echoMs === null || echoMs === undefined ? undefined : { timeMs: finite(echoMs), commit: safe(wire.echoCommit) },
    minMatch: safe(wire.minMatch),
    ...(learners === null || learners === undefined ? {} : { learners: fromWireLearners(learners) }),
  };
}

function fromWireLearners(wire: raftkv.LearnersProgress.$Properties): LearnersProgress {
  const learners = (wire.learners ?? []).map(({ id, match }) => ({ id: safe(id), match: safe(match) }));
  return { leaderMatch: safe(wire.leaderMatch), learners };
}

function fromWireAck(wire: raftkv.RoundAck.$Properties): RoundAck {
  return { term: safe(wire.term), sequence: safe(wire.sequence), timeMs: finite(wire.timeMs ?? 0) };
}

/** NaN would make every later comparison false. */
function finite(timeMs: number): number {
  if (!Number.isFinite(timeMs)) throw new CodecError(`the time ${timeMs}`);
  return timeMs;
}

/** A safe integer. Clamping, as for numbers from clients, would make up a term or an index. @throws CodecError */
export function safe(value: WireInteger | null | undefined): number {
  const clamped = clampInteger(value);
  if (clamped === Number.MAX_SAFE_INTEGER && toBigInt(value) > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new CodecError(`the integer ${toBigInt(value)} is beyond 2^53−1`);
  }
  return clamped;
}
