import { assert } from '../util/assert.js';
import { applied } from './membership.js';
import { makeMessage } from './messages.js';
import type { RaftState } from './state.js';
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD } from './types.js';
import type { Entry, Message, Ready, Snapshot } from './types.js';

/*
 * Storage beside the core (thesis, section 10.2): what is to be written and applied leaves as messages, whose responses
 * come back when it is done. The node keeps what it has handed out until then, for the end of its log may be replaced
 * while the disk is busy with it. An answer names the entry that the log ended with: if that has another term by now, the
 * answer speaks of entries that are gone, and is ignored. Entries of the same index and term are the same entry, but for
 * one case: replaced, and then replaced again by the first ones. There the answer to the first write would vouch for
 * entries whose latest write is still under way, so an answer of an earlier term is ignored as well: for the log to be
 * replaced a second time, the term must have moved.
 */

/** What is to be written, with what may be said afterwards; undefined where there is neither. */
export function storageAppend(raft: RaftState, ready: Ready, responses: readonly Message[]): Message | undefined {
  const { entries, hardState, snapshot } = ready;
  if (entries.length === 0 && hardState === undefined && snapshot === undefined && responses.length === 0) {
    return undefined;
  }
  const answer = appendAnswer(raft, snapshot);
  return makeMessage({
    type: 'MsgStorageAppend',
    to: LOCAL_APPEND_THREAD,
    from: raft.id,
    entries,
    snapshot,
    ...hardState,
    responses: answer === undefined ? responses : [...responses, answer],
  });
}

/** Also without entries of its own: once it is done, all earlier ones are, which may be of an earlier term. */
function appendAnswer(raft: RaftState, snapshot: Snapshot | undefined): Message | undefined {
  const { log, term, id: to } = raft;
  const position = log.unstable.hasEntries ? { index: log.lastIndex, logTerm: log.lastTerm } : {};
  if (!log.unstable.hasEntries && snapshot === undefined) return undefined;
  return makeMessage({ type: 'MsgStorageAppendResp', to, from: LOCAL_APPEND_THREAD, term, snapshot, ...position });
}

/** What is to be applied; undefined where nothing is. */
export function storageApply(raft: RaftState, entries: readonly Entry[]): Message | undefined {
  if (entries.length === 0) return undefined;
  const { id } = raft;
  const answer = makeMessage({ type: 'MsgStorageApplyResp', to: id, from: LOCAL_APPLY_THREAD, entries });
  return makeMessage({ type: 'MsgStorageApply', to: LOCAL_APPLY_THREAD, from: id, entries, responses: [answer] });
}

/** A storage thread has done what it was asked for. */
export function takeStorageAnswer(raft: RaftState, message: Message): void {
  if (message.type === 'MsgStorageApplyResp') {
    const last = message.entries.at(-1);
    assert(last !== undefined, 'an answer of the apply thread without entries');
    applied(raft, last.index);
    return;
  }
  if (message.index > 0) raft.log.unstable.stableTo(message.index, message.logTerm);
  if (message.snapshot !== undefined) snapshotIsApplied(raft, message.snapshot);
}

/** A received snapshot is durable, and the state machine holds it. */
export function snapshotIsApplied(raft: RaftState, { metadata }: Snapshot): void {
  raft.log.unstable.stableSnapshotTo(metadata.index);
  applied(raft, metadata.index);
}
