import type { Call } from '../../../support/history.js';
import { smallestPart } from './delta.js';

/** How calls depend on each other. */
export interface Dependence<Input, Output> {
  /** The value that a call may have given the object, if any. */
  written(input: Input, output: Output | undefined): string | undefined;
  /** The value that a call has seen, if any. */
  seen(input: Input, output: Output | undefined): string | undefined;
  /** Whether the answer depends on all calls before, not only on the last value: such a call is left out with any write. */
  dependsOnAll(input: Input, output: Output | undefined): boolean;
  /** The value before any write. */
  readonly initial: string;
}

export interface ShrinkOptions<Input, Output> {
  /** Of one key, not linearizable. */
  readonly calls: readonly Call<Input, Output>[];
  /** Whether such calls are certainly not linearizable. */
  readonly isWrong: (calls: readonly Call<Input, Output>[]) => boolean;
  /** Whether a call has no effect: it can be left out alone. */
  readonly isPure: (call: Call<Input, Output>) => boolean;
  /** Absent: only calls without an effect are left out. */
  readonly dependence?: Dependence<Input, Output> | undefined;
  readonly isLate: () => boolean;
}

/**
 * The smallest part found of a wrong history that is wrong by itself. If the whole history were right, each part that is tried
 * would be right too, so a wrong part is a counterexample to the whole:
 * - The history may end at any time. Calls that had not ended then have an unknown outcome.
 * - A call without an effect may be left out.
 * - A write may be left out with all calls that may have seen its value: what remains of a legal order is legal.
 */
export function shrinkCalls<Input, Output>(options: ShrinkOptions<Input, Output>): readonly Call<Input, Output>[] {
  const { isWrong, isLate, isPure, dependence } = options;
  const whole = shortestWrongStart(options);
  if (dependence === undefined) {
    const effects = whole.filter((call) => !isPure(call));
    const withEffects = (pure: readonly Call<Input, Output>[]): Call<Input, Output>[] => byStart([...effects, ...pure]);
    const pure = smallestPart(whole.filter(isPure), (part) => isWrong(withEffects(part)), isLate);
    return withEffects(pure);
  }
  const justified = justifier(whole, dependence);
  const holds = (part: readonly Call<Input, Output>[]): boolean => isWrong(justified(part));
  let part: readonly Call<Input, Output>[] = justified(whole);
  const clients = [...new Set(part.map(({ client }) => client))];
  const left = smallestPart(clients, (some) => holds(part.filter(({ client }) => some.includes(client))), isLate);
  part = justified(part.filter(({ client }) => left.includes(client)));
  return justified(smallestPart(part, holds, isLate));
}

function byStart<Input, Output>(calls: Call<Input, Output>[]): Call<Input, Output>[] {
  return calls.sort((a, b) => a.invokedAt - b.invokedAt);
}

/** The history up to the first end of a call by which it is wrong. */
function shortestWrongStart<Input, Output>({
  calls,
  isWrong,
  isPure,
  isLate,
}: ShrinkOptions<Input, Output>): readonly Call<Input, Output>[] {
  const sorted = byStart([...calls]);
  const until = (time: number): readonly Call<Input, Output>[] =>
    sorted.flatMap((call) => {
      if (call.invokedAt > time) return [];
      if (call.outcome.kind === 'unknown' || call.completedAt <= time) return [call];
      return isPure(call) ? [] : [{ ...call, outcome: { kind: 'unknown' } } as const];
    });
  const ends = calls.filter(({ outcome }) => outcome.kind === 'ok').map(({ completedAt }) => completedAt);
  ends.sort((a, b) => a - b);
  let [right, wrong] = [-1, ends.length - 1];
  while (wrong - right > 1 && !isLate()) {
    const middle = Math.floor((right + wrong) / 2);
    if (isWrong(until(ends[middle] ?? 0))) wrong = middle;
    else right = middle;
  }
  return until(ends[wrong] ?? Infinity);
}

/** Reduces a part of the calls to those whose answers the others still allow, if the whole allows them. */
function justifier<Input, Output>(whole: readonly Call<Input, Output>[], dependence: Dependence<Input, Output>) {
  type OneCall = Call<Input, Output>;
  const outputOf = ({ outcome }: OneCall): Output | undefined => (outcome.kind === 'ok' ? outcome.output : undefined);
  const writers = new Map<string, OneCall[]>();
  for (const call of whole) {
    const value = dependence.written(call.input, outputOf(call));
    if (value !== undefined) writers.set(value, [...(writers.get(value) ?? []), call]);
  }
  const effects = whole.filter((call) => dependence.written(call.input, outputOf(call)) !== undefined);
  const endOf = (call: OneCall): number => (call.outcome.kind === 'ok' ? call.completedAt : Infinity);

  function isJustified(call: OneCall, part: ReadonlySet<OneCall>): boolean {
    const output = outputOf(call);
    if (dependence.dependsOnAll(call.input, output)) return effects.every((effect) => part.has(effect));
    const value = dependence.seen(call.input, output);
    if (value === undefined) return true;
    const sources = (writers.get(value) ?? []).filter((w) => w !== call && w.invokedAt <= endOf(call));
    if (sources.length === 0) return true;
    // One is kept in any case: "nothing wrote this" would be misleading.
    const last = sources.reduce((a, b) => (b.invokedAt > a.invokedAt ? b : a));
    if (!part.has(last)) return false;
    return sources.every((source) => part.has(source) || isOverwritten(source, { call, value, part }));
  }

  /** Whether another value of the part was certainly written between: then the source is not what the call saw. */
  function isOverwritten(
    source: OneCall,
    { call, value, part }: { readonly call: OneCall; readonly value: string; readonly part: ReadonlySet<OneCall> },
  ): boolean {
    const from = endOf(source);
    for (const between of part) {
      if (between.invokedAt <= from || endOf(between) >= call.invokedAt) continue;
      const written = dependence.written(between.input, outputOf(between));
      if (written !== undefined && written !== value) return true;
    }
    return false;
  }

  return (part: readonly OneCall[]): readonly OneCall[] => {
    const left = new Set(part);
    for (let size = -1; size !== left.size;) {
      size = left.size;
      for (const call of left) if (!isJustified(call, left)) left.delete(call);
    }
    return [...left];
  };
}
