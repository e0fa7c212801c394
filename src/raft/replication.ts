import { assert, defined } from '../util/assert.js';
import { dataBytes } from './entries.js';
import type { RaftState } from './state.js';
import type { Progress } from './tracker/progress.js';
import type { Entry, NodeId, Snapshot } from './types.js';

/** An entry that has no place in the log yet. */
export type EntryDraft = Pick<Entry, 'type' | 'data'>;

/**
 * Appends at the end of the leader's own log. It counts itself only once its write is durable: by the answer to
 * itself, which waits for the append like a follower's would (thesis, section 10.2.1).
 * @returns false where the bound on uncommitted bytes is reached
 */
export function appendEntries(raft: RaftState, drafts: readonly EntryDraft[]): boolean {
  assert(raft.role === 'leader', `a ${raft.role} does not append of its own`);
  const { lastIndex } = raft.log;
  const entries = drafts.map(({ type, data }, position): Entry => ({
    term: raft.term,
    index: lastIndex + 1 + position,
    type,
    data,
  }));
  const bytes = dataBytes(entries);
  // One proposal is always let in, however large, and entries without data: neither can grow without bound.
  const { uncommitted } = raft;
  if (uncommitted.bytes > 0 && bytes > 0 && uncommitted.bytes + bytes > raft.config.maxUncommittedBytes) return false;
  const index = lastIndex + entries.length;
  if (bytes > 0) uncommitted.add(index, bytes);
  raft.log.append(entries);
  raft.send({ type: 'MsgAppResp', to: raft.id, index });
  return true;
}

/** Sends everybody what they lack, or at least the commit index. */
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
    // A follower must not commit what it may not have: its log may end, or part ways, behind its match.
    const commit = Math.min(progress.match, raft.log.committed);
    progress.sentCommit(commit);
    raft.send({ type: 'MsgHeartbeat', to: id, commit, ...(context === undefined ? {} : { context }) });
  }
}

/**
 * Sends the next append, or a snapshot where the log has been cut too far.
 * @param options.evenEmpty whether an append without entries is worth sending, for its commit index or as a probe
 * @returns whether something was sent
 */
export function sendAppend(raft: RaftState, to: NodeId, options: { readonly evenEmpty: boolean }): boolean {
  const progress = defined(raft.tracker.progress.get(to), `progress of ${to}`);
  if (progress.paused) return false;
  const index = progress.next - 1;
  const logTerm = raft.log.term(index);
  // A full window still lets an empty append through: if all that fill it were lost, its refusal frees them.
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

/** Commits what a quorum has, if it is of this term, and releases its bytes. @returns whether it moved */
export function maybeCommit(raft: RaftState): boolean {
  const index = raft.tracker.committed();
  if (index <= raft.log.committed || index === Infinity) return false;
  // Entries of earlier terms are committed only along with one of this term (paper, section 5.4.2 and figure 8).
  if (!raft.log.matches({ index, term: raft.term })) return false;
  raft.log.commitTo(index);
  raft.uncommitted.release(index);
  return true;
}

function sendSnapshot(raft: RaftState, to: NodeId, progress: Progress): boolean {
  // A follower that is down would not take it, and making one is dear.
  if (!progress.recentActive) return false;
  const snapshot: Snapshot | 'unavailable' = raft.log.snapshot(raft.tracker.config);
  if (snapshot === 'unavailable') return false;
  const { index, term } = snapshot.metadata;
  assert(index > 0, 'the log was cut, but the snapshot in its place is empty');
  progress.becomeSnapshot(index);
  raft.send({ type: 'MsgSnap', to, snapshot });
  raft.logger.debug('sends a snapshot', { id: raft.id, to, index, term });
  return true;
}
