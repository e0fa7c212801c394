import { assertNever } from '../../../../src/util/assert.js';
import type { Call } from '../../../support/history.js';
import { mainThreadMs } from '../../../support/turn-probe.js';
import { InternedMachine } from './machine.js';
import type { Model } from './model.js';
import { reportOf } from './report.js';
import { Search } from './search.js';
import { WholeMachine } from './whole-machine.js';

/**
 * Decides whether a concurrent history could have come from a sequential object: whether each call can be given one
 * instant between its start and its end such that the calls, one after the other at these instants, are legal
 * (Herlihy and Wing, "Linearizability", 1990).
 *
 * The search is Wing and Gong's with Lowe's memory ("Testing for linearizability", 2017), as used by Porcupine: see Search.
 * Calls of unknown outcome may be taken at any later time, or never; those that failed are dropped. Calls on different keys
 * of the model are checked separately.
 */
export type LinearizabilityVerdict =
  | { readonly kind: 'linearizable'; readonly calls: number }
  /**
   * `report` shows the longest legal order found, and the calls of which none can follow it: `stuck`, by their indexes in the
   * history, as are those of the order.
   */
  | {
      readonly kind: 'not-linearizable';
      readonly key: string;
      readonly report: string;
      readonly order: readonly number[];
      readonly stuck: readonly number[];
    }
  /** The search was cut off: neither proved nor refuted. */
  | { readonly kind: 'unknown'; readonly key: string; readonly reason: string };

export interface CheckOptions {
  /** For all keys together, in milliseconds. Default 20,000. */
  readonly timeLimitMs?: number;
  /** Monotonic, in milliseconds. Default: processor time of the main thread. */
  readonly now?: () => number;
  /** Memory of the search over one key, in MiB. Default 256. */
  readonly memoryLimitMiB?: number;
  /** Checks all keys as one object. The verdict is the same, the search larger. Default false. */
  readonly whole?: boolean;
}

/** A call with its index in the whole history. */
interface Indexed<Input, Output> {
  readonly index: number;
  readonly call: Call<Input, Output>;
}

/** Checks every key of a history; stops at the first key that fails, in the order of the keys. */
export function checkLinearizability<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Call<Input, Output>[],
  options: CheckOptions = {},
): LinearizabilityVerdict {
  const now = options.now ?? mainThreadMs;
  const deadline = now() + (options.timeLimitMs ?? 20_000);
  const isLate = (): boolean => now() > deadline;
  const byKey = partition(model, history, options.whole === true);
  let cutOff: LinearizabilityVerdict | undefined;
  for (const key of [...byKey.keys()].sort()) {
    const verdict = checkPart(model, { key, indexed: byKey.get(key) ?? [] }, { ...options, isLate });
    if (verdict.kind === 'not-linearizable') return verdict;
    // Another key may still refute the history.
    if (verdict.kind === 'unknown') cutOff ??= verdict;
  }
  return cutOff ?? { kind: 'linearizable', calls: history.length };
}

function checkPart<State, Input, Output>(
  model: Model<State, Input, Output>,
  part: { readonly key: string; readonly indexed: readonly Indexed<Input, Output>[] },
  options: CheckOptions & { readonly isLate: () => boolean },
): LinearizabilityVerdict {
  const { memoryLimitMiB = 256, whole = false, isLate, timeLimitMs = 20_000 } = options;
  const { key } = part;
  const indexed = [...part.indexed].sort(bySearchOrder);
  const calls = indexed.map(({ call }) => call);
  const keyed = model.key === undefined ? undefined : { ...model, key: model.key };
  const machine = whole && keyed !== undefined ? new WholeMachine(keyed, calls) : new InternedMachine(model, calls);
  const keepsState = (id: number): boolean => {
    const call = calls[id];
    if (call?.outcome.kind !== 'ok') return false;
    return model.keepsState?.(call.input, call.outcome.output) ?? model.readOnly(call.input);
  };
  const memoryBytesMax = memoryLimitMiB * 2 ** 20;
  const result = new Search({ calls, machine, keepsState }, { isLate, memoryBytesMax }).run();
  switch (result.kind) {
    case 'found':
      return { kind: 'linearizable', calls: calls.length };
    case 'late':
      return { kind: 'unknown', key, reason: `no verdict within ${timeLimitMs} ms` };
    case 'full':
      return { kind: 'unknown', key, reason: `no verdict within ${memoryLimitMiB} MiB` };
    case 'none': {
      const { text, stuck } = reportOf({ model, key, calls, machine, longest: result.longest });
      const indexOf = (id: number): number => indexed[id]?.index ?? -1;
      return {
        kind: 'not-linearizable',
        key,
        report: text,
        order: result.longest.calls.map(indexOf),
        stuck: stuck.map(indexOf),
      };
    }
    default:
      return assertNever(result);
  }
}

function partition<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Call<Input, Output>[],
  whole: boolean,
): Map<string, Indexed<Input, Output>[]> {
  const byKey = new Map<string, Indexed<Input, Output>[]>();
  for (const [index, call] of history.entries()) {
    if (call.outcome.kind === 'failed') continue;
    if (call.outcome.kind === 'unknown' && model.readOnly(call.input)) continue;
    const key = whole || model.key === undefined ? '' : model.key(call.input);
    const calls = byKey.get(key);
    if (calls === undefined) byKey.set(key, [{ index, call }]);
    else calls.push({ index, call });
  }
  return byKey;
}

/** Those with an answer first; then by start. */
function bySearchOrder(a: Indexed<unknown, unknown>, b: Indexed<unknown, unknown>): number {
  const isUnknown = ({ call }: Indexed<unknown, unknown>): number => (call.outcome.kind === 'unknown' ? 1 : 0);
  return isUnknown(a) - isUnknown(b) || a.call.invokedAt - b.call.invokedAt || a.index - b.index;
}
