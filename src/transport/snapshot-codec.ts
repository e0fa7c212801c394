import type { raftkv } from '../gen/proto.js';
import { NO_MESSAGES } from '../raft/messages.js';
import { NONE, type ConfState, type Message, type Snapshot } from '../raft/types.js';
import { EMPTY } from '../util/bytes.js';
import { messageTypeOf, numberOf } from './message-kinds.js';
import { safe } from './safe-integer.js';

/** The message that begins a stream with a snapshot: a MsgSnap. */
export function toWireMessage(message: Message): raftkv.RaftMessage.$Properties {
  const { to, from, term, logTerm, index, commit, reject, rejectHint, context, snapshot } = message;
  return {
    type: numberOf(message.type),
    to,
    from,
    term,
    logTerm,
    index,
    commit,
    reject,
    rejectHint,
    context,
    snapshot: snapshot === undefined ? null : toWireSnapshot(snapshot),
  };
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

/** @throws CodecError on an unknown kind, or an integer beyond 2^53−1 */
export function fromWireMessage(wire: raftkv.RaftMessage.$Properties): Message {
  return {
    type: messageTypeOf(wire.type ?? 0),
    to: safe(wire.to),
    from: safe(wire.from),
    term: safe(wire.term),
    logTerm: safe(wire.logTerm),
    index: safe(wire.index),
    entries: [],
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
