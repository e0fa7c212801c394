import { assert } from '../util/assert.js';
import { applied } from './membership.js';
import { makeMessage } from './messages.js';
import type { RaftState } from './state.js';
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD } from './types.js';
import type { Entry, Message, Ready, Snapshot } from './types.js';

/*
 * Asynchronous storage (thesis, section 10.2). Messages request writes and applications; their responses report completion.
 * Until then the node keeps the entries, since the end of its log may be replaced while the disk writes it. A response
 * names the last entry of the log at the time of the request. If that entry has another term by now, the written entries
 * are gone, and the response is ignored. Entries with the same index and term are the same entry, with one exception:
 * entries can be replaced, and then replaced again by the first ones. The response to the first write would then vouch for
 * entries whose last write is still running. For a second replacement the term must have changed, so responses of an
 * earlier term are ignored too.
 */

/** The request to write, with the messages to send afterwards; undefined if there is neither. */
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

/** Reports the end of the log even if the request has no entries: earlier requests, of earlier terms, are complete too. */
function appendAnswer(raft: RaftState, snapshot: Snapshot | undefined): Message | undefined {
  const { log, term, id: to } = raft;
  const position = log.unstable.hasEntries ? { index: log.lastIndex, logTerm: log.lastTerm } : {};
  if (!log.unstable.hasEntries && snapshot === undefined) return undefined;
  return makeMessage({ type: 'MsgStorageAppendResp', to, from: LOCAL_APPEND_THREAD, term, snapshot, ...position });
}

/** The request to apply entries; undefined without entries. */
export function storageApply(raft: RaftState, entries: readonly Entry[]): Message | undefined {
  if (entries.length === 0) return undefined;
  const { id } = raft;
  const answer = makeMessage({ type: 'MsgStorageApplyResp', to: id, from: LOCAL_APPLY_THREAD, entries });
  return makeMessage({ type: 'MsgStorageApply', to: LOCAL_APPLY_THREAD, from: id, entries, responses: [answer] });
}

/** Handles the response of a storage thread. */
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

/** Records that a received snapshot is durable and restored in the state machine. */
export function snapshotIsApplied(raft: RaftState, { metadata }: Snapshot): void {
  raft.log.unstable.stableSnapshotTo(metadata.index);
  applied(raft, metadata.index);
}
