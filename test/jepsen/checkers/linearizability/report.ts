import { defined } from '../../../../src/util/assert.js';
import type { Call } from '../../../support/history.js';
import { NO_STATE, type Machine } from './machine.js';
import type { Model } from './model.js';
import type { LongestOrder } from './search.js';

const LINES_MAX = 12;
const STATE_CHARACTERS_MAX = 200;

export interface Failure<Input, Output> {
  readonly model: Pick<Model<unknown, Input, Output>, 'describe'>;
  readonly key: string;
  readonly calls: readonly Call<Input, Output>[];
  readonly machine: Machine;
  readonly longest: LongestOrder;
}

/** Describes why no order exists: the end of the longest legal one, and the calls of which none can follow it. */
export function reportOf<Input, Output>(
  failure: Failure<Input, Output>,
): {
  readonly text: string;
  readonly stuck: readonly number[];
} {
  const { key, calls, machine, longest, model } = failure;
  const stuck = stuckCalls(calls, longest.calls);
  const line = (id: number): string => {
    const call = defined(calls[id], 'the call');
    const output = call.outcome.kind === 'ok' ? call.outcome.output : undefined;
    const until = call.outcome.kind === 'ok' ? String(call.completedAt) : '?';
    return `client ${call.client} [${call.invokedAt}, ${until}] ${model.describe(call.input, output)}`;
  };
  const whyNot = (id: number): string =>
    machine.step(longest.last, id) === NO_STATE ? ': illegal here' : ': legal here, but leads nowhere';
  const hidden = Math.max(0, longest.calls.length - LINES_MAX);
  const text = [
    `key ${JSON.stringify(key)} is not linearizable; the longest order found has ${longest.calls.length} of ${calls.length} calls`,
    ...(hidden > 0 ? [`  … ${hidden} calls before`] : []),
    ...longest.calls
      .slice(hidden)
      .map((id, at) => `  in ${stateText(machine, longest.states[hidden + at])}: ${line(id)}`),
    `and in the state ${stateText(machine, longest.last)} none of these can follow:`,
    ...stuck.slice(0, LINES_MAX).map((id) => `  ${line(id)}${whyNot(id)}`),
    `the first of them had ended before anything else began`,
  ].join('\n');
  return { text, stuck };
}

/** The calls that could come next in time, those that ended first before the others. */
function stuckCalls(calls: readonly Call<unknown, unknown>[], order: readonly number[]): number[] {
  const taken = new Set(order);
  const left = [...calls.keys()].filter((id) => !taken.has(id));
  const endOf = (id: number): number => {
    const call = defined(calls[id], 'the call');
    return call.outcome.kind === 'ok' ? call.completedAt : Infinity;
  };
  let firstEnd = Infinity;
  for (const id of left) firstEnd = Math.min(firstEnd, endOf(id));
  return left.filter((id) => (calls[id]?.invokedAt ?? 0) <= firstEnd).sort((a, b) => endOf(a) - endOf(b) || a - b);
}

function stateText(machine: Machine, state: number | undefined): string {
  const text = machine.describe(defined(state, 'the state'));
  return text.length <= STATE_CHARACTERS_MAX ? text : `${text.slice(0, STATE_CHARACTERS_MAX)}…`;
}
