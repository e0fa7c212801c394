import { OK, dropped } from './outcome.js';
import type { Outcome } from './outcome.js';
import { sendAppend } from './replication.js';
import type { RaftState } from './state.js';
import type { Progress } from './tracker/progress.js';
import { abortTransfer } from './transitions.js';
import type { NodeId } from './types.js';

/**
 * Leadership transfer (thesis, section 3.10): the leader takes no more proposals, brings the target's log up to its
 * own, and lets it start an election at once. It gives up after an election timeout (see tick in raft.ts).
 */
export function startTransfer(raft: RaftState, target: NodeId, progress: Progress): Outcome {
  if (progress.isLearner) return dropped('not-a-voter');
  if (raft.transferee === target) return OK;
  // A newer wish takes the place of an older one; a wish for the leader itself is no more than that.
  abortTransfer(raft);
  if (target === raft.id) return OK;
  raft.logger.debug('hands over', { id: raft.id, term: raft.term, to: target });
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

/** The target has acknowledged something: perhaps all. */
export function finishTransfer(raft: RaftState, progress: Progress): void {
  if (progress.match === raft.log.lastIndex) raft.send({ type: 'MsgTimeoutNow', to: raft.transferee });
}
