import { defined } from '../../../../src/util/assert.js';
import type { Call } from '../../../support/history.js';
import type { Model } from './model.js';
import { PairMap } from './pair-map.js';

/** Result of a step that is illegal. */
export const NO_STATE = -1;
const UNSEEN = -1;

/** A model whose states are small numbers, equal for equal states only. */
export interface Machine {
  readonly initial: number;
  /** Memory held, in bytes, roughly. Grows with the states met. */
  readonly bytes: number;
  /** The state after a call, by its index in the history, or NO_STATE. */
  step(state: number, call: number): number;
  describe(state: number): string;
}

/** Numbers for the states of a model as they are met. A step is computed once for each state and kind of call. */
export class InternedMachine<State, Input, Output> implements Machine {
  readonly initial: number;
  readonly #model: Model<State, Input, Output>;
  readonly #calls: readonly Call<Input, Output>[];
  readonly #kinds: readonly number[];
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  /** By state and kind of call: the next state, or one past all states if the step is illegal. */
  readonly #steps = new PairMap();
  #textBytes = 0;

  constructor(model: Model<State, Input, Output>, calls: readonly Call<Input, Output>[]) {
    this.#model = model;
    this.#calls = calls;
    this.#kinds = kindsOf(calls);
    this.initial = this.#number(model.initial);
  }

  get bytes(): number {
    return this.#steps.bytes + this.#textBytes;
  }

  step(state: number, call: number): number {
    const kind = defined(this.#kinds[call], 'the kind of the call');
    const known = this.#steps.get(state, kind);
    // Illegal steps are kept as 0, states as their number + 1: a PairMap has no negative values.
    if (known !== UNSEEN) return known - 1;
    const { input, outcome } = defined(this.#calls[call], 'the call');
    const output = outcome.kind === 'ok' ? outcome.output : undefined;
    const step = this.#model.step(this.#stateAt(state), input, output);
    const next = step.kind === 'legal' ? this.#number(step.state) : NO_STATE;
    this.#steps.set(state, kind, next + 1);
    return next;
  }

  describe(state: number): string {
    return this.#model.fingerprint(this.#stateAt(state));
  }

  #stateAt(state: number): State {
    if (state < 0 || state >= this.#states.length) throw new RangeError(`no state ${state}`);
    return this.#states[state] as State;
  }

  #number(state: State): number {
    const text = this.#model.fingerprint(state);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#states.length;
    this.#states.push(state);
    this.#numbers.set(text, number);
    // The text, the state, which is about as large, and the entries that hold both.
    this.#textBytes += 4 * text.length + 100;
    return number;
  }
}

/** The same number for calls with equal input, outcome and output. */
export function kindsOf(calls: readonly Call<unknown, unknown>[]): readonly number[] {
  const kinds = new Map<string, number>();
  return calls.map(({ input, outcome }) => {
    const text = JSON.stringify([input, outcome]);
    const kind = kinds.get(text) ?? kinds.size;
    kinds.set(text, kind);
    return kind;
  });
}
