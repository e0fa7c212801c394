import { OK, dropped } from './outcome.js';
import type { Outcome } from './outcome.js';
import type { RaftState } from './state.js';
import { NONE } from './types.js';
import type { Message } from './types.js';

/**
 * ReadIndex (thesis, section 6.4): a read is linearizable once this leader, after the read arrived, has heard from a
 * quorum that it still leads; it then sees all that was acknowledged before.
 */
export function requestRead(raft: RaftState, message: Message): Outcome {
  if (raft.earlyReads.length + raft.readOnly.count >= raft.config.maxPendingReads) return dropped('too-many-reads');
  // Until an entry of this term is committed, this leader's commit index may be behind its predecessor's.
  if (raft.hasCommittedInTerm) startRead(raft, message);
  else raft.earlyReads.push(message);
  return OK;
}

/** An entry of this term has been committed: the reads that waited for that begin. */
export function answerEarlyReads(raft: RaftState): void {
  if (raft.earlyReads.length === 0 || !raft.hasCommittedInTerm) return;
  const waiting = raft.earlyReads;
  raft.earlyReads = [];
  for (const message of waiting) startRead(raft, message);
}

/** A follower has answered a heartbeat that carried a read's context. */
export function confirmRead(raft: RaftState, message: Message): void {
  const acks = raft.readOnly.acknowledge(message.from, message.context);
  if (acks !== undefined) releaseIfConfirmed(raft, message.context, acks);
}

/** The round itself leaves with the next Ready, and is shared by all reads that arrive until then. */
function startRead(raft: RaftState, message: Message): void {
  if (raft.config.readOnlyOption === 'lease-based' && !raft.leaseForfeited) {
    answer(raft, message, raft.log.committed);
    return;
  }
  raft.readOnly.add(message, { index: raft.log.committed, self: raft.id });
  // Where this node alone is the quorum, there is nobody to ask.
  releaseIfConfirmed(raft, message.context, new Set([raft.id]));
}

function releaseIfConfirmed(raft: RaftState, context: Uint8Array, acks: ReadonlySet<number>): void {
  // Silence is no refusal: a member that has not answered yet may still do so.
  if (raft.tracker.vote((id) => acks.has(id) || undefined) !== 'won') return;
  for (const { request, index } of raft.readOnly.release(context)) answer(raft, request, index);
}

function answer(raft: RaftState, request: Message, index: number): void {
  if (request.from === NONE || request.from === raft.id) {
    raft.readStates.push({ index, context: request.context });
  } else {
    raft.send({ type: 'MsgReadIndexResp', to: request.from, index, context: request.context });
  }
}
