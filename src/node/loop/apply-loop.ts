import { decodeConfChange } from '../../raft/conf-change/codec.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { Entry } from '../../raft/types.js';
import type { ConfChangeApplication, StateMachine } from '../../ports/state-machine.js';
import { defined } from '../../util/assert.js';
import type { CommitBatch, CommitQueue } from './commit-queue.js';

export interface ApplyLoopOptions {
  readonly commits: Pick<CommitQueue, 'arrival' | 'take'>;
  readonly stateMachine: StateMachine;
  readonly raw: Pick<RawNode, 'allowsConfChange' | 'applyConfChange' | 'confState'>;
  /** Resolves when the next batch is due; undefined if it is due now. */
  readonly due: () => Promise<void> | undefined;
  /** Makes it durable that all entries up to an index are committed. */
  readonly settle: (index: number) => Promise<void>;
  /** Called after each applied batch with the index that readers see from now on. */
  readonly onApplied: (index: number) => void;
  /** Called after each configuration change, before `onApplied`. */
  readonly onConfChange: (application: ConfChangeApplication) => void;
}

/** Applies all queued batches as one, again and again until the queue is closed and drained. */
export async function runApplyLoop(options: ApplyLoopOptions): Promise<void> {
  for (;;) {
    const arrival = options.commits.arrival();
    if (arrival !== undefined) await arrival;
    const due = options.due();
    if (due !== undefined) await due;
    const batches = options.commits.take();
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

/** Applies a configuration change as a batch of its own: later entries are decided under the new configuration. */
async function applyChange(options: ApplyLoopOptions, entry: Entry): Promise<void> {
  const { stateMachine, raw, settle, onApplied, onConfChange } = options;
  const change = decodeConfChange(entry.data);
  // Members act on an applied change for good: a removed member stops. If a restarted member did not know that the
  // change is committed, it would still need the votes of removed members.
  await settle(entry.index);
  const admitted = raw.allowsConfChange(change) && stateMachine.admits(change);
  // Active before it is stored: after a crash in between, the log applies it again.
  const confState = admitted ? raw.applyConfChange(change) : raw.confState;
  const application = { entry, change, admitted, confState };
  await stateMachine.applyConfChange(application);
  onConfChange(application);
  onApplied(entry.index);
}
