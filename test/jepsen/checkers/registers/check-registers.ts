import type { Call } from '../../../support/history.js';
import { mainThreadMs } from '../../../support/turn-probe.js';
import { callsOf, type History, type RecordedCall } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { groupBy } from '../group.js';
import { checkLinearizability } from '../linearizability/check.js';
import type { Model } from '../linearizability/model.js';
import { registerModel } from '../linearizability/models.js';
import { shrinkCalls, type Dependence } from '../shrink/shrink-calls.js';
import { anomaly, verdictOf, type Findings } from '../verdict.js';
import { registerDependence, versionedDependence } from './dependence.js';
import { registerCalls, versionedCalls, type Traced } from './register-calls.js';
import { versionedGapsModel, versionedModel } from './versioned.js';

export interface RegisterCheckOptions {
  /** Processor time of the search over all keys, in ms. Default 120,000. */
  readonly timeLimitMs?: number;
  /** Memory of the search over one key, in MiB. Default 256. */
  readonly memoryLimitMiB?: number;
  /** Processor time in which counterexamples are shrunk, in ms. Default 20,000. */
  readonly shrinkLimitMs?: number;
}

/** A model, and the one that shrunk histories are checked with: whatever is wrong with it is wrong with the first. */
export interface CheckedModel<State, Input, Output> {
  readonly model: Model<State, Input, Output> & { key(input: Input): string };
  readonly loose: Model<State, Input, Output>;
  readonly dependence: Dependence<Input, Output> | undefined;
}

const plain = { model: withKey(registerModel), loose: registerModel, dependence: registerDependence };
const versioned = { model: withKey(versionedModel), loose: versionedGapsModel, dependence: versionedDependence };

/** Each key is one register, and must be linearizable. By version if the header's options say so. */
export function checkRegisters(history: History, options: RegisterCheckOptions = {}): Verdict {
  return verdictOf('linearizability', () => {
    const recorded = callsOf(history);
    return history.header.options['by'] === 'version'
      ? checkObjects(versioned, { recorded, calls: versionedCalls(recorded) }, options)
      : checkObjects(plain, { recorded, calls: registerCalls(recorded) }, options);
  });
}

/** Checks each key of a model by the search for a legal order, and shrinks what is wrong. */
export function checkObjects<State, Input, Output>(
  checked: CheckedModel<State, Input, Output>,
  history: { readonly recorded: readonly RecordedCall[]; readonly calls: readonly Traced<Input, Output>[] },
  options: RegisterCheckOptions = {},
): Findings {
  const { timeLimitMs = 120_000, memoryLimitMiB = 256, shrinkLimitMs = 20_000 } = options;
  const deadline = mainThreadMs() + timeLimitMs;
  const byKey = groupBy(history.calls, ({ input }) => checked.model.key(input));
  const anomalies: Anomaly[] = [];
  let undecided: string | undefined;
  let shrinkMs = shrinkLimitMs;
  for (const [key, calls] of byKey) {
    const leftMs = Math.max(0, deadline - mainThreadMs());
    const verdict = checkLinearizability(checked.model, calls, { timeLimitMs: leftMs, memoryLimitMiB });
    if (verdict.kind === 'unknown') undecided ??= `${verdict.reason} for key ${JSON.stringify(key)}`;
    if (verdict.kind !== 'not-linearizable') continue;
    const beganMs = mainThreadMs();
    const shrunk = shrinkKey(checked, calls, { limitMs: shrinkMs, memoryLimitMiB });
    shrinkMs = Math.max(0, shrinkMs - (mainThreadMs() - beganMs));
    const shown = shrunk.calls.flatMap(({ index }) => history.recorded[index] ?? []);
    anomalies.push(anomaly('not-linearizable', shrunk.report ?? verdict.report, shown));
  }
  return { operations: history.calls.length, anomalies, undecided, details: { keys: byKey.size } };
}

function shrinkKey<State, Input, Output>(
  { model, loose, dependence }: CheckedModel<State, Input, Output>,
  calls: readonly Traced<Input, Output>[],
  { limitMs, memoryLimitMiB }: { readonly limitMs: number; readonly memoryLimitMiB: number },
): { readonly calls: readonly Traced<Input, Output>[]; readonly report: string | undefined } {
  const deadline = mainThreadMs() + limitMs;
  type Calls = readonly Call<Input, Output>[];
  const check = (by: Model<State, Input, Output>, part: Calls) =>
    checkLinearizability(by, part, { timeLimitMs: Math.max(0, deadline - mainThreadMs()), memoryLimitMiB });
  const took = calls.filter(({ input, outcome }) =>
    outcome.kind === 'unknown' ? !model.readOnly(input) : outcome.kind === 'ok',
  );
  const isWrong = (by: Model<State, Input, Output>) => (part: Calls) => check(by, part).kind === 'not-linearizable';
  const isPure = ({ input, outcome }: Call<Input, Output>): boolean =>
    model.readOnly(input) || (outcome.kind === 'ok' && model.keepsState?.(input, outcome.output) === true);
  const isLoose = dependence !== undefined && isWrong(loose)(took);
  const left = shrinkCalls({
    calls: took,
    isWrong: isWrong(isLoose ? loose : model),
    isPure,
    dependence: isLoose ? dependence : undefined,
    isLate: () => mainThreadMs() > deadline,
  });
  const verdict = check(isLoose ? loose : model, left);
  return {
    calls: left as readonly Traced<Input, Output>[],
    report: verdict.kind === 'not-linearizable' ? verdict.report : undefined,
  };
}

function withKey<State, Input extends { readonly key: string }, Output>(
  model: Model<State, Input, Output>,
): Model<State, Input, Output> & { key(input: Input): string } {
  return { ...model, key: ({ key }) => key };
}
