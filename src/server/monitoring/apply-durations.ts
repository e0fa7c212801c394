import type { CommandKind } from '../../kv/commands/command.js';
import { exponentialBounds } from '../../metrics/histogram.js';
import { LabelledHistograms } from './labelled-histograms.js';

const SECOND_MS = 1_000;
/** etcd's default for --warning-apply-duration, in ms. */
const DEFAULT_SLOW_MS = 100;

/** etcd's names of the commands that it has too. */
const NAMES: Readonly<Partial<Record<CommandKind, string>>> = { memberUpdate: 'ClusterMemberAttrSet' };

/**
 * Times the commands that the state machine applies. A batch of commands is applied and written as one, so each command
 * counts with an equal share of the time of its batch: sums are exact, single values are averages.
 */
export class ApplyDurations {
  readonly histograms = new LabelledHistograms<'version' | 'op' | 'success'>(exponentialBounds(0.0001, 2, 20));
  /** Commands whose share was longer than the bound. */
  slow = 0;
  readonly #slowMs: number;
  readonly #onSlow: (command: string, ms: number) => void;
  /** Commands since the last call of `applied`. */
  readonly #batch = { succeeded: new Map<CommandKind, number>(), failed: new Map<CommandKind, number>() };

  /** @param onSlow called with a command of each slow batch and its share, in ms */
  constructor(slowMs: number = DEFAULT_SLOW_MS, onSlow: (command: string, ms: number) => void = () => undefined) {
    this.#slowMs = slowMs;
    this.#onSlow = onSlow;
  }

  /** A command was executed; its batch is not written yet. */
  readonly executed = (kind: CommandKind, ok: boolean): void => {
    const counts = ok ? this.#batch.succeeded : this.#batch.failed;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };

  /** The commands executed since the last call were applied. */
  applied(ms: number): void {
    const { succeeded, failed } = this.#batch;
    let commands = 0;
    for (const counts of [succeeded, failed]) for (const count of counts.values()) commands += count;
    if (commands === 0) return;
    const shareMs = ms / commands;
    const [first] = [...succeeded.keys(), ...failed.keys()];
    if (shareMs > this.#slowMs && first !== undefined) {
      this.slow += commands;
      this.#onSlow(first, shareMs);
    }
    this.#observe(succeeded, { success: 'true', shareMs });
    this.#observe(failed, { success: 'false', shareMs });
  }

  #observe(
    counts: Map<CommandKind, number>,
    { success, shareMs }: { readonly success: 'true' | 'false'; readonly shareMs: number },
  ): void {
    for (const [kind, count] of counts) {
      const op = NAMES[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);
      this.histograms.of({ version: 'v3', op, success }).observe(shareMs / SECOND_MS, count);
    }
    counts.clear();
  }
}
