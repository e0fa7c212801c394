import { decodeConfChange } from '../raft/conf-change/codec.js';
import type { RawNode } from '../raft/raw-node.js';
import type { Entry } from '../raft/types.js';
import type { ConfChangeApplication, StateMachine } from '../ports/state-machine.js';
import type { Channel } from '../util/channel.js';
import { defined } from '../util/assert.js';

/** Committed entries on their way to the applier, in order. */
export type CommitBatch = readonly Entry[];

export interface ApplierOptions {
  readonly commitC: Channel<CommitBatch>;
  readonly stateMachine: StateMachine;
  readonly raw: Pick<RawNode, 'allowsConfChange' | 'applyConfChange' | 'confState'>;
  /** Called after each applied batch with the index that readers now see. */
  readonly onApplied: (index: number) => void;
  /** Called after each change of the configuration, before `onApplied`. */
  readonly onConfChange: (application: ConfChangeApplication) => void;
}

/** Takes all that waits on commitC and applies it as one batch, until commitC is closed and drained. */
export async function runApplier(options: ApplierOptions): Promise<void> {
  const { commitC, stateMachine, onApplied } = options;
  for (;;) {
    const batches = await commitC.receive();
    if (batches.length === 0) return;
    const entries = batches.length === 1 ? defined(batches[0], 'batch') : batches.flat();
    for (let at = 0; at < entries.length;) {
      const next = entries.findIndex(({ type }, index) => index >= at && type !== 'normal');
      const end = next === -1 ? entries.length : next;
      if (end > at) {
        const normal = entries.slice(at, end);
        await stateMachine.apply(normal);
        onApplied(defined(normal.at(-1), 'last entry').index);
      }
      if (next !== -1) await applyChange(options, defined(entries[next], 'a change of the configuration'));
      at = next === -1 ? end : next + 1;
    }
  }
}

/** A batch of its own: what comes behind it is decided under the configuration that it makes. */
async function applyChange(options: ApplierOptions, entry: Entry): Promise<void> {
  const { stateMachine, raw, onApplied, onConfChange } = options;
  const change = decodeConfChange(entry.data);
  const admitted = raw.allowsConfChange(change) && stateMachine.admits(change);
  // In force before it is stored: a crash in between applies it again, from the log.
  const confState = admitted ? raw.applyConfChange(change) : raw.confState;
  const application = { entry, change, admitted, confState };
  await stateMachine.applyConfChange(application);
  onConfChange(application);
  onApplied(entry.index);
}
