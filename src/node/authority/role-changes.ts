import type { RawNode } from '../../raft/raw-node.js';
import { NONE } from '../../raft/types.js';
import type { Logger } from '../../util/logger.js';
import type { LoopInput } from '../loop/loop-input.js';
import type { SnapshotSender } from '../snapshot/sender.js';
import type { Authority } from './authority.js';
import type { Leadership } from './leadership.js';

export interface RoleChangesOptions {
  readonly raw: Pick<RawNode, 'role' | 'term' | 'leader'>;
  readonly leadership: Leadership;
  readonly authority: Pick<Authority, 'lead'>;
  readonly sender: Pick<SnapshotSender, 'cancelExcept'>;
  readonly input: Pick<LoopInput, 'reads'>;
  readonly logger: Logger;
  /** Called last, after a change of role, term or leader. */
  readonly onChange: () => void;
}

/** Detects changes of role, term and leader, and notifies the parts that depend on them. */
export class RoleChanges {
  readonly #options: RoleChangesOptions;

  constructor(options: RoleChangesOptions) {
    this.#options = options;
  }

  /** Call it whenever the core may have changed one of them. */
  observe(): void {
    const { raw, leadership, authority, sender, input, logger, onChange } = this.#options;
    const change = leadership.look();
    if (change === undefined) return;
    const { role, term, leader } = raw;
    if (change.begins) authority.lead(term);
    if (role !== 'leader') sender.cancelExcept(() => false);
    input.reads.restart();
    // A change is logged once, when the new leader is known.
    if (change.leaderChanged) logger[leader === NONE ? 'debug' : 'info']('leader changed', { leader, term, role });
    leadership.notifyWaiters();
    onChange();
  }
}
