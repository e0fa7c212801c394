import { assert, AssertionError } from '../util/assert.js';
import { dataBytes } from './entries.js';
import type { RaftState } from './state.js';
import type { Progress } from './tracker/progress.js';
import type { Entry, NodeId, Snapshot } from './types.js';

/** An entry without a position in the log. */
export type EntryDraft = Pick<Entry, 'type' | 'data'>;

/**
 * Appends to the leader's own log. The leader counts itself only once its write is durable: by an acknowledgement to
 * itself, which waits for the append like a follower's (thesis, section 10.2.1).
 * @returns false if the bound on uncommitted bytes is reached
 */
export function appendEntries(raft: RaftState, drafts: readonly EntryDraft[]): boolean {
  if (raft.role !== 'leader') throw new AssertionError(`a ${raft.role} does not append of its own`);
  const { lastIndex } = raft.log;
  const bytes = dataBytes(drafts);
  // One proposal of any size is always accepted, and so are entries without data. Neither can grow without bound.
  const { uncommitted } = raft;
  if (uncommitted.bytes > 0 && bytes > 0 && uncommitted.bytes + bytes > raft.config.maxUncommittedBytes) return false;
  const { makeEntry } = raft.config;
  const { term } = raft;
  const entries = drafts.map(({ type, data }, position) =>
    makeEntry({ term, index: lastIndex + 1 + position, type, data }),
  );
  const index = lastIndex + entries.length;
  if (bytes > 0) uncommitted.add(index, bytes);
  raft.log.append(entries);
  raft.send({ type: 'MsgAppResp', to: raft.id, index });
  return true;
}

/** Sends all members the entries that they lack, or at least the commit index. */
export function broadcastAppend(raft: RaftState): void {
  for (const id of raft.tracker.progress.keys()) {
    if (id !== raft.id) sendAppend(raft, id, { evenEmpty: true });
  }
}

export function broadcastHeartbeat(raft: RaftState): void {
  const context = raft.readOnly.newestContext;
  raft.readOnly.roundSent();
  for (const [id, progress] of raft.tracker.progress) {
    if (id === raft.id) continue;
    // Behind `match`, the follower's log may end or differ, so it must not commit there (paper, section 5.3).
    const commit = Math.min(progress.match, raft.log.committed);
    progress.sentCommit(commit);
    progress.sentHeartbeat();
    raft.send({ type: 'MsgHeartbeat', to: id, commit, ...(context === undefined ? {} : { context }) });
  }
}

/**
 * Sends the next append, or a snapshot if the needed entries were cut.
 * @param options.evenEmpty also send an append without entries, for its commit index or as a probe
 * @returns whether a message was sent
 */
export function sendAppend(raft: RaftState, to: NodeId, options: { readonly evenEmpty: boolean }): boolean {
  const progress = raft.tracker.progress.get(to);
  if (progress === undefined) throw new AssertionError(`member ${to} has no progress`);
  if (progress.paused) return false;
  const index = progress.next - 1;
  const logTerm = raft.log.term(index);
  // A full window still allows empty appends: if all appends in it were lost, a refusal frees it.
  const throttled = progress.state === 'replicate' && progress.inflights.full;
  const entries = throttled ? [] : raft.log.entries(progress.next, raft.config.maxMessageBytes);
  if (typeof logTerm !== 'number' || typeof entries === 'string') return sendSnapshot(raft, to, progress);
  if (entries.length === 0 && !options.evenEmpty) return false;
  const commit = raft.log.committed;
  raft.send({ type: 'MsgApp', to, index, logTerm, entries, commit });
  progress.sentEntries(entries.length, dataBytes(entries));
  progress.sentCommit(commit);
  return true;
}

/** Raises the commit index to what a quorum has, if that entry is of this term. @returns whether it was raised */
export function maybeCommit(raft: RaftState): boolean {
  const index = raft.tracker.committed();
  if (index <= raft.log.committed || index === Infinity) return false;
  // Entries of earlier terms are only committed together with one of this term (paper, section 5.4.2 and figure 8).
  if (!raft.log.matches({ index, term: raft.term })) return false;
  raft.log.commitTo(index);
  raft.uncommitted.release(index);
  return true;
}

function sendSnapshot(raft: RaftState, to: NodeId, progress: Progress): boolean {
  // Snapshots are expensive, and a follower that is down could not receive one.
  if (!progress.recentActive) return false;
  const snapshot: Snapshot | 'unavailable' = raft.log.snapshot(raft.tracker.config);
  if (snapshot === 'unavailable') return false;
  const { index, term } = snapshot.metadata;
  assert(index > 0, 'the log was cut, but its snapshot is empty');
  progress.becomeSnapshot(index);
  raft.send({ type: 'MsgSnap', to, snapshot });
  raft.logger.debug('sends a snapshot', { id: raft.id, to, index, term });
  return true;
}
