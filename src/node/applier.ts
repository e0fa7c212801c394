import type { Entry } from '../raft/types.js';
import type { StateMachine } from '../ports/state-machine.js';
import type { Channel } from '../util/channel.js';
import { defined } from '../util/assert.js';

/** Committed entries on their way to the applier, in order. */
export type CommitBatch = readonly Entry[];

export interface ApplierOptions {
  readonly commitC: Channel<CommitBatch>;
  readonly stateMachine: StateMachine;
  /** Called after each applied batch with the index that readers now see. */
  readonly onApplied: (index: number) => void;
}

/** Takes all that waits on commitC and applies it as one batch, until commitC is closed and drained. */
export async function runApplier({ commitC, stateMachine, onApplied }: ApplierOptions): Promise<void> {
  for (;;) {
    const batches = await commitC.receive();
    if (batches.length === 0) return;
    const entries = batches.length === 1 ? defined(batches[0], 'batch') : batches.flat();
    await stateMachine.apply(entries);
    onApplied(defined(entries.at(-1), 'last entry').index);
  }
}
