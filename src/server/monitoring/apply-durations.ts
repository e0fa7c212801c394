import type { CommandKind } from '../../kv/commands/command.js';
import { exponentialBounds, type Histogram } from '../../metrics/histogram.js';
import { LabelledHistograms } from './labelled-histograms.js';

const SECOND_MS = 1_000;
/** etcd's default for --warning-apply-duration, in ms. */
const DEFAULT_SLOW_MS = 100;

/** etcd's names of the commands that it has too. */
const NAMES: Readonly<Partial<Record<CommandKind, string>>> = { memberUpdate: 'ClusterMemberAttrSet' };

/** Commands of one kind that succeeded, or that failed. */
interface Outcome {
  readonly kind: CommandKind;
  readonly histogram: Histogram;
  /** Those that are executed and not yet applied. */
  count: number;
}

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
  readonly #outcomes = { succeeded: new Map<CommandKind, Outcome>(), failed: new Map<CommandKind, Outcome>() };
  /** Those of commands since the last call of `applied`. */
  readonly #batch: Outcome[] = [];

  /** @param onSlow called with a command of each slow batch and its share, in ms */
  constructor(slowMs: number = DEFAULT_SLOW_MS, onSlow: (command: string, ms: number) => void = () => undefined) {
    this.#slowMs = slowMs;
    this.#onSlow = onSlow;
  }

  /** A command was executed; its batch is not written yet. */
  readonly executed = (kind: CommandKind, ok: boolean): void => {
    const outcome = (ok ? this.#outcomes.succeeded : this.#outcomes.failed).get(kind) ?? this.#outcome(kind, ok);
    if (outcome.count === 0) this.#batch.push(outcome);
    outcome.count += 1;
  };

  /** The commands executed since the last call were applied. */
  applied(ms: number): void {
    const [first] = this.#batch;
    if (first === undefined) return;
    let commands = 0;
    for (const { count } of this.#batch) commands += count;
    const shareMs = ms / commands;
    if (shareMs > this.#slowMs) {
      this.slow += commands;
      this.#onSlow(first.kind, shareMs);
    }
    for (const outcome of this.#batch) {
      outcome.histogram.observe(shareMs / SECOND_MS, outcome.count);
      outcome.count = 0;
    }
    while (this.#batch.length > 0) this.#batch.pop();
  }

  #outcome(kind: CommandKind, ok: boolean): Outcome {
    const op = NAMES[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);
    const histogram = this.histograms.of({ version: 'v3', op, success: ok ? 'true' : 'false' });
    const outcome = { kind, histogram, count: 0 };
    (ok ? this.#outcomes.succeeded : this.#outcomes.failed).set(kind, outcome);
    return outcome;
  }
}
