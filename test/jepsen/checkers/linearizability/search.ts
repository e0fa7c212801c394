import type { Call } from '../../../support/history.js';
import { Entries } from './entries.js';
import { kindsOf, NO_STATE, type Machine } from './machine.js';
import { TakenSet } from './taken-set.js';
import { VisitedPlaces } from './visited-places.js';

/** Steps between two looks at the bounds. */
const STEPS_PER_LOOK = 4096;
const NONE = -1;

export interface SearchInput {
  /** Those with an answer, by start; then those of unknown outcome, by start. */
  readonly calls: readonly Call<unknown, unknown>[];
  readonly machine: Machine;
  /** Whether a call, by its index, changes no state in which it is legal. */
  readonly keepsState: (call: number) => boolean;
}

export interface Bounds {
  /** Whether the time is over. */
  readonly isLate: () => boolean;
  readonly memoryBytesMax: number;
}

/** The longest legal order found: calls in order, each with the state before it, and the state after all. */
export interface LongestOrder {
  readonly calls: readonly number[];
  readonly states: readonly number[];
  readonly last: number;
}

export type SearchResult =
  | { readonly kind: 'found' }
  | { readonly kind: 'none'; readonly longest: LongestOrder }
  | { readonly kind: 'late' | 'full' };

/**
 * The search for a legal order, over calls by index. All starts and ends lie on a list in order of time. The calls that may come
 * next are those that start before the first end on the list; the search takes one that is legal off the list and begins
 * again at its head. If it meets an end instead, that call had to come before and could not: it undoes its latest choice and
 * tries the next. A pair of (calls taken, state) is never visited twice.
 *
 * Three cuts keep it small, and lose no order that matters:
 * - A legal call that changes no state is taken at once, and no other call in its place: whatever order exists without
 *   it at this point exists with it.
 * - Of unknown calls with equal inputs, the one that began first is taken first.
 * - An unknown call that has no effect on the call after it is not taken there: it can still be taken later.
 */
export class Search {
  readonly #input: SearchInput;
  readonly #bounds: Bounds;
  readonly #answered: number;
  readonly #entries: Entries;
  readonly #taken: TakenSet;
  readonly #visited: VisitedPlaces;
  /** Of an unknown call: the one before it with the same input, or none. */
  readonly #twins: Int32Array;
  readonly #keeps: Uint8Array;
  /** The calls taken, in order, each with the state and the last word before it. */
  readonly #order: Int32Array;
  readonly #states: Int32Array;
  readonly #lastWords: Int32Array;
  #depth = 0;
  #state: number;
  #lastWord = 0;
  #open: number;
  #longestDepth = 0;
  readonly #longestOrder: Int32Array;
  readonly #longestStates: Int32Array;
  #longestState: number;
  /** Choices before this are the same in the longest order. */
  #shared = 0;

  constructor(input: SearchInput, bounds: Bounds) {
    const { calls, machine } = input;
    this.#input = input;
    this.#bounds = bounds;
    this.#answered = calls.filter(({ outcome }) => outcome.kind === 'ok').length;
    this.#open = this.#answered;
    this.#entries = new Entries(calls, this.#answered);
    this.#taken = new TakenSet(this.#answered, calls.length - this.#answered);
    this.#visited = new VisitedPlaces(this.#taken);
    this.#twins = twinsOf(calls);
    this.#keeps = Uint8Array.from(calls, (_, call) => (input.keepsState(call) ? 1 : 0));
    this.#state = machine.initial;
    this.#longestState = machine.initial;
    const numbers = (): Int32Array => new Int32Array(calls.length);
    [this.#order, this.#states, this.#lastWords] = [numbers(), numbers(), numbers()];
    [this.#longestOrder, this.#longestStates] = [numbers(), numbers()];
  }

  run(): SearchResult {
    const { isLate, memoryBytesMax } = this.#bounds;
    let entry = this.#takeKeepers();
    for (let steps = 1; this.#open > 0; steps += 1) {
      if (steps % STEPS_PER_LOOK === 0) {
        if (isLate()) return { kind: 'late' };
        if (this.#visited.bytes + this.#input.machine.bytes > memoryBytesMax) return { kind: 'full' };
      }
      if (this.#entries.isStart(entry)) {
        entry = this.#take(entry) ? this.#takeKeepers() : this.#entries.next(entry);
        continue;
      }
      this.#rememberLongest();
      const undone = this.#undo();
      if (undone === NONE) return { kind: 'none', longest: this.#longest() };
      entry = this.#entries.next(undone);
    }
    return { kind: 'found' };
  }

  #take(call: number): boolean {
    const twin = this.#twins[call] ?? NONE;
    if (twin !== NONE && !this.#taken.has(twin)) return false;
    const next = this.#input.machine.step(this.#state, call);
    if (next === NO_STATE || this.#isIdle(call, next)) return false;
    this.#taken.toggle(call);
    const lastWord = call < this.#answered ? Math.max(this.#lastWord, this.#taken.wordOf(call)) : this.#lastWord;
    if (!this.#visited.add(next, lastWord)) {
      this.#taken.toggle(call);
      return false;
    }
    this.#push(call, next, lastWord);
    return true;
  }

  /** Takes all calls that can come next, are legal, and change no state. @returns the first entry left */
  #takeKeepers(): number {
    let entry = this.#entries.next(this.#entries.head);
    while (this.#entries.isStart(entry)) {
      const next = this.#entries.next(entry);
      if (this.#keeps[entry] !== 1 || this.#input.machine.step(this.#state, entry) === NO_STATE) {
        entry = next;
        continue;
      }
      this.#taken.toggle(entry);
      this.#push(entry, this.#state, Math.max(this.#lastWord, this.#taken.wordOf(entry)));
      // Its end may have been the first, so that more calls can come next. None before it has become legal.
      entry = this.#entries.isStart(next) ? next : this.#entries.next(this.#entries.head);
      if (this.#open === 0) return NONE;
    }
    return this.#entries.next(this.#entries.head);
  }

  #push(call: number, next: number, lastWord: number): void {
    this.#order[this.#depth] = call;
    this.#states[this.#depth] = this.#state;
    this.#lastWords[this.#depth] = this.#lastWord;
    this.#depth += 1;
    this.#state = next;
    this.#lastWord = lastWord;
    this.#entries.remove(call);
    if (call < this.#answered) this.#open -= 1;
  }

  /** Undoes the latest choice, and what was taken after it because it changes no state. @returns the call, or none */
  #undo(): number {
    while (this.#depth > 0) {
      this.#depth -= 1;
      const call = this.#order[this.#depth] ?? NONE;
      this.#state = this.#states[this.#depth] ?? NO_STATE;
      this.#lastWord = this.#lastWords[this.#depth] ?? 0;
      this.#taken.toggle(call);
      this.#entries.restore(call);
      if (call < this.#answered) this.#open += 1;
      if (this.#depth < this.#shared) this.#shared = this.#depth;
      if (this.#keeps[call] !== 1) return call;
    }
    return NONE;
  }

  /** Whether the previous choice, a call of unknown outcome, is redundant: this call would have the same effect without it. */
  #isIdle(call: number, next: number): boolean {
    if (this.#depth === 0) return false;
    const last = this.#order[this.#depth - 1] ?? NONE;
    if (last < this.#answered) return false;
    return this.#input.machine.step(this.#states[this.#depth - 1] ?? NO_STATE, call) === next;
  }

  #rememberLongest(): void {
    if (this.#depth <= this.#longestDepth) return;
    for (let at = this.#shared; at < this.#depth; at += 1) {
      this.#longestOrder[at] = this.#order[at] ?? NONE;
      this.#longestStates[at] = this.#states[at] ?? NO_STATE;
    }
    this.#longestDepth = this.#depth;
    this.#shared = this.#depth;
    this.#longestState = this.#state;
  }

  #longest(): LongestOrder {
    return {
      calls: [...this.#longestOrder.subarray(0, this.#longestDepth)],
      states: [...this.#longestStates.subarray(0, this.#longestDepth)],
      last: this.#longestState,
    };
  }
}

function twinsOf(calls: readonly Call<unknown, unknown>[]): Int32Array {
  const twins = new Int32Array(calls.length).fill(NONE);
  const latest = new Map<number, number>();
  for (const [call, kind] of kindsOf(calls).entries()) {
    if (calls[call]?.outcome.kind !== 'unknown') continue;
    twins[call] = latest.get(kind) ?? NONE;
    latest.set(kind, call);
  }
  return twins;
}
