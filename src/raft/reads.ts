import { OK, dropped } from './outcome.js';
import type { Outcome } from './outcome.js';
import type { RaftState } from './state.js';
import { NONE } from './types.js';
import type { Message } from './types.js';

/**
 * ReadIndex (thesis, section 6.4). A read is linearizable if a quorum confirms this leader after the read arrived: then it
 * sees all writes acknowledged before.
 */
export function requestRead(raft: RaftState, message: Message): Outcome {
  if (raft.earlyReads.length + raft.readOnly.count >= raft.config.maxPendingReads) return dropped('too-many-reads');
  // Until an entry of this term is committed, the commit index may be behind that of the predecessor.
  if (raft.hasCommittedInTerm) startRead(raft, message);
  else raft.earlyReads.push(message);
  return OK;
}

/** Starts the reads that waited for the first committed entry of the term. */
export function answerEarlyReads(raft: RaftState): void {
  if (raft.earlyReads.length === 0 || !raft.hasCommittedInTerm) return;
  const waiting = raft.earlyReads;
  raft.earlyReads = [];
  for (const message of waiting) startRead(raft, message);
}

/** Handles the answer to a heartbeat with a read's context. */
export function confirmRead(raft: RaftState, message: Message): void {
  const acks = raft.readOnly.acknowledge(message.from, message.context);
  if (acks !== undefined) releaseIfConfirmed(raft, message.context, acks);
}

/** Starts a read. Its round is sent with the next Ready, and shared by all reads until then. */
function startRead(raft: RaftState, message: Message): void {
  if (raft.config.readOnlyOption === 'lease-based' && !raft.leaseForfeited) {
    answer(raft, message, raft.log.committed);
    return;
  }
  raft.readOnly.add(message, { index: raft.log.committed, self: raft.id });
  // A leader that is a quorum by itself needs no answers.
  releaseIfConfirmed(raft, message.context, new Set([raft.id]));
}

function releaseIfConfirmed(raft: RaftState, context: Uint8Array, acks: ReadonlySet<number>): void {
  // A member that has not answered yet may still do so, so its vote is undecided.
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
