import { OK, dropped } from './outcome.js';
import type { Outcome } from './outcome.js';
import { sendAppend } from './replication.js';
import type { RaftState } from './state.js';
import type { Progress } from './tracker/progress.js';
import { abortTransfer } from './transitions.js';
import type { NodeId } from './types.js';

/**
 * Leadership transfer (thesis, section 3.10). The leader stops accepting proposals, brings the target's log up to date, and
 * asks it to start an election at once. It gives up after an election timeout (tick in raft.ts).
 */
export function startTransfer(raft: RaftState, target: NodeId, progress: Progress): Outcome {
  if (progress.isLearner) return dropped('not-a-voter');
  if (raft.transferee === target) return OK;
  // A new request replaces an older one. A request for the leader itself only cancels.
  abortTransfer(raft);
  if (target === raft.id) return OK;
  raft.logger.debug('transfers its leadership', { id: raft.id, term: raft.term, to: target });
  raft.electionElapsed = 0;
  raft.transferee = target;
  raft.leaseForfeited = true;
  if (progress.match === raft.log.lastIndex) {
    raft.send({ type: 'MsgTimeoutNow', to: target });
  } else {
    progress.resume();
    sendAppend(raft, target, { evenEmpty: true });
  }
  return OK;
}

/** The target has acknowledged entries. If it has the whole log, it may start its election. */
export function finishTransfer(raft: RaftState, progress: Progress): void {
  if (progress.match === raft.log.lastIndex) raft.send({ type: 'MsgTimeoutNow', to: raft.transferee });
}
