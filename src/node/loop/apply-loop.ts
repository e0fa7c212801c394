import { decodeConfChange } from '../../raft/conf-change/codec.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { Entry } from '../../raft/types.js';
import type { ConfChangeApplication, StateMachine } from '../../ports/state-machine.js';
import { defined } from '../../util/assert.js';
import type { CommitBatch, CommitQueue } from './commit-queue.js';

export interface ApplyLoopOptions {
  readonly commits: Pick<CommitQueue, 'receive'>;
  readonly stateMachine: StateMachine;
  readonly raw: Pick<RawNode, 'allowsConfChange' | 'applyConfChange' | 'confState'>;
  /** Makes durable that all up to this index is committed. */
  readonly settle: (index: number) => Promise<void>;
  /** Called after each applied batch with the index that readers now see. */
  readonly onApplied: (index: number) => void;
  /** Called after each change of the configuration, before `onApplied`. */
  readonly onConfChange: (application: ConfChangeApplication) => void;
}

/** Applies all queued batches as one, again and again until the queue is closed and drained. */
export async function runApplyLoop(options: ApplyLoopOptions): Promise<void> {
  for (;;) {
    const batches = await options.commits.receive();
    if (batches.length === 0) return;
    const entries = batches.length === 1 ? defined(batches[0], 'batch') : batches.flat();
    let at = 0;
    for (const [position, entry] of entries.entries()) {
      if (entry.type === 'normal') continue;
      await applyNormal(options, entries.slice(at, position));
      await applyChange(options, entry);
      at = position + 1;
    }
    await applyNormal(options, at === 0 ? entries : entries.slice(at));
  }
}

async function applyNormal({ stateMachine, onApplied }: ApplyLoopOptions, entries: CommitBatch): Promise<void> {
  const last = entries.at(-1);
  if (last === undefined) return;
  await stateMachine.apply(entries);
  onApplied(last.index);
}

/** A batch of its own: what comes behind it is decided under the configuration that it makes. */
async function applyChange(options: ApplyLoopOptions, entry: Entry): Promise<void> {
  const { stateMachine, raw, settle, onApplied, onConfChange } = options;
  const change = decodeConfChange(entry.data);
  // Whoever is told of a change may act on it for good: a member that was removed goes away. A restart that did not know
  // that the change is committed would still need the votes of those who went.
  await settle(entry.index);
  const admitted = raw.allowsConfChange(change) && stateMachine.admits(change);
  // In force before it is stored: a crash in between applies it again, from the log.
  const confState = admitted ? raw.applyConfChange(change) : raw.confState;
  const application = { entry, change, admitted, confState };
  await stateMachine.applyConfChange(application);
  onConfChange(application);
  onApplied(entry.index);
}
