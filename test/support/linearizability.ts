import type { Call } from './history.js';
import { mainThreadMs } from './turn-probe.js';

/**
 * Decides whether a concurrent history could have come from a sequential object: whether each call can be given one
 * instant between its start and its end such that the calls, one after the other at these instants, are legal
 * (Herlihy and Wing, "Linearizability", 1990).
 *
 * The search is Wing and Gong's with Lowe's memory ("Testing for linearizability", 2016), as used by Porcupine. All
 * starts and ends lie in time order on a linked list. The calls that may come next are those that start before the
 * first end on the list; the search takes one that is legal off the list and begins again at its head. If it meets an
 * end instead, that call had to come before and could not: it undoes its latest choice and tries the next. A pair of
 * (calls taken, state) is never visited twice; otherwise the search would not finish.
 *
 * Calls of unknown outcome have no end on the list. So they may be taken at any later time, or never.
 */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /**
   * The state after the call, or `illegal` if the output is impossible in this state. An undefined `output` is an
   * unseen answer: any is legal.
   */
  step(state: State, input: Input, output: Output | undefined): Step<State>;
  /** Calls with different keys are independent and checked separately, which keeps the search small. */
  key(input: Input): string;
  /** Equal for equal states only. */
  fingerprint(state: State): string;
  /** Whether a call never changes the state: it then matters only if its answer is known. */
  readOnly(input: Input): boolean;
  describe(input: Input, output: Output | undefined): string;
}

export type Step<State> = { readonly kind: 'legal'; readonly state: State } | { readonly kind: 'illegal' };

export const ILLEGAL = { kind: 'illegal' } as const;
export const legal = <State>(state: State): Step<State> => ({ kind: 'legal', state });

export type Verdict =
  | { readonly kind: 'linearizable'; readonly calls: number }
  /** `report` shows the longest legal order found, and the calls of which none can follow it. */
  | { readonly kind: 'not-linearizable'; readonly key: string; readonly report: string }
  /** The search was cut off: neither proved nor refuted. */
  | { readonly kind: 'out-of-time'; readonly key: string };

export interface CheckOptions {
  /** For all keys together, in milliseconds. Default 20,000. */
  readonly timeLimitMs?: number;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

/** Checks every key of a history; stops at the first key that fails, in the order of the keys. */
export function checkLinearizability<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Call<Input, Output>[],
  options: CheckOptions = {},
): Verdict {
  const now = options.now ?? mainThreadMs;
  const deadline = now() + (options.timeLimitMs ?? 20_000);
  const byKey = partition(model, history);
  for (const key of [...byKey.keys()].sort()) {
    const verdict = new Search(model, key, byKey.get(key) ?? []).run(() => now() > deadline);
    if (verdict.kind !== 'linearizable') return verdict;
  }
  return { kind: 'linearizable', calls: history.length };
}

function partition<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Call<Input, Output>[],
): Map<string, Call<Input, Output>[]> {
  const byKey = new Map<string, Call<Input, Output>[]>();
  for (const call of history) {
    if (call.outcome.kind === 'failed') continue;
    if (call.outcome.kind === 'unknown' && model.readOnly(call.input)) continue;
    const key = model.key(call.input);
    const calls = byKey.get(key);
    if (calls === undefined) byKey.set(key, [call]);
    else calls.push(call);
  }
  return byKey;
}

/** A start or an end on the list. */
interface Entry {
  readonly id: number;
  readonly kind: 'start' | 'end' | 'head';
  /** Of a start: its end, if the outcome is known. */
  readonly end: Entry | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;
}

interface Choice<State> {
  readonly entry: Entry;
  /** Before the call. */
  readonly state: State;
}

/** The search over one key. */
class Search<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #key: string;
  readonly #calls: readonly Call<Input, Output>[];
  readonly #head: Entry;
  readonly #taken: TakenSet;
  readonly #met = new Set<string>();
  readonly #choices: Choice<State>[] = [];
  #longest: readonly Choice<State>[] = [];
  #longestState: State;
  #state: State;
  #open: number;

  constructor(model: Model<State, Input, Output>, key: string, calls: readonly Call<Input, Output>[]) {
    this.#model = model;
    this.#key = key;
    this.#calls = calls;
    this.#head = linkEntries(calls);
    this.#taken = new TakenSet(calls.length);
    this.#state = model.initial;
    this.#longestState = model.initial;
    this.#open = calls.filter((call) => call.outcome.kind === 'ok').length;
  }

  run(expired: () => boolean): Verdict {
    let entry = this.#head.next;
    for (let steps = 1; this.#open > 0; steps += 1) {
      if (steps % 4096 === 0 && expired()) return { kind: 'out-of-time', key: this.#key };
      if (entry?.kind === 'start') {
        entry = this.#take(entry) ? this.#head.next : entry.next;
        continue;
      }
      this.#rememberLongest();
      const undone = this.#undo();
      if (undone === undefined) return { kind: 'not-linearizable', key: this.#key, report: this.#report() };
      entry = undone.next;
    }
    return { kind: 'linearizable', calls: this.#calls.length };
  }

  #take(entry: Entry): boolean {
    const step = this.#step(entry.id, this.#state);
    if (step.kind === 'illegal' || this.#isIdle(entry.id, step.state)) return false;
    this.#taken.add(entry.id);
    const place = `${this.#taken.fingerprint()}|${this.#model.fingerprint(step.state)}`;
    if (this.#met.has(place)) {
      this.#taken.delete(entry.id);
      return false;
    }
    this.#met.add(place);
    this.#choices.push({ entry, state: this.#state });
    this.#state = step.state;
    unlink(entry);
    if (entry.end !== undefined) {
      unlink(entry.end);
      this.#open -= 1;
    }
    return true;
  }

  /**
   * Whether the previous choice, a call of unknown outcome, is redundant: without it this call would be legal too, with
   * the same state. The order that leaves that call for later is also tried and covers this one; without this cut,
   * every subset of the unknown calls would be searched at every position.
   */
  #isIdle(id: number, state: State): boolean {
    const last = this.#choices.at(-1);
    if (last === undefined || last.entry.end !== undefined) return false;
    const without = this.#step(id, last.state);
    return without.kind === 'legal' && this.#model.fingerprint(without.state) === this.#model.fingerprint(state);
  }

  #undo(): Entry | undefined {
    const choice = this.#choices.pop();
    if (choice === undefined) return undefined;
    const { entry } = choice;
    this.#taken.delete(entry.id);
    this.#state = choice.state;
    // In reverse order, so that each finds its former neighbours.
    if (entry.end !== undefined) {
      relink(entry.end);
      this.#open += 1;
    }
    relink(entry);
    return entry;
  }

  #step(id: number, state: State): Step<State> {
    const { input, outcome } = callAt(this.#calls, id);
    return this.#model.step(state, input, outcome.kind === 'ok' ? outcome.output : undefined);
  }

  #rememberLongest(): void {
    if (this.#choices.length <= this.#longest.length) return;
    this.#longest = [...this.#choices];
    this.#longestState = this.#state;
  }

  #report(): string {
    const taken = new Set(this.#longest.map((choice) => choice.entry.id));
    const shown = this.#longest.slice(-12);
    const left = this.#calls.map((_, id) => id).filter((id) => !taken.has(id));
    const firstEnd = Math.min(...left.map((id) => endOf(callAt(this.#calls, id))));
    const candidates = left
      .filter((id) => callAt(this.#calls, id).invokedAt <= firstEnd)
      .sort((a, b) => endOf(callAt(this.#calls, a)) - endOf(callAt(this.#calls, b)));
    return [
      `key ${JSON.stringify(this.#key)} is not linearizable; the longest order found has ${taken.size} of ${this.#calls.length} calls`,
      ...(this.#longest.length > shown.length ? [`  … ${this.#longest.length - shown.length} calls before`] : []),
      ...shown.map(({ entry, state }) => `  in ${this.#model.fingerprint(state)}: ${this.#line(entry.id)}`),
      `and in the state ${this.#model.fingerprint(this.#longestState)} none of these can follow:`,
      ...candidates.slice(0, 12).map((id) => `  ${this.#line(id)}${this.#whyNot(id)}`),
      `the first of them had ended before anything else began`,
    ].join('\n');
  }

  #line(id: number): string {
    const call = callAt(this.#calls, id);
    const until = call.outcome.kind === 'ok' ? String(call.completedAt) : '?';
    const output = call.outcome.kind === 'ok' ? call.outcome.output : undefined;
    return `client ${call.client} [${call.invokedAt}, ${until}] ${this.#model.describe(call.input, output)}`;
  }

  #whyNot(id: number): string {
    return this.#step(id, this.#longestState).kind === 'illegal' ? ': illegal here' : ': legal here, but leads nowhere';
  }
}

/** The set of taken calls, as bits. */
class TakenSet {
  readonly #words: Uint16Array;

  constructor(size: number) {
    this.#words = new Uint16Array(Math.ceil(size / 16));
  }

  add(id: number): void {
    this.#words[id >> 4] = (this.#words[id >> 4] ?? 0) | (1 << (id & 15));
  }

  delete(id: number): void {
    this.#words[id >> 4] = (this.#words[id >> 4] ?? 0) & ~(1 << (id & 15));
  }

  /** Calls are taken roughly in order, so the key is short without the leading full words and the trailing empty ones. */
  fingerprint(): string {
    let first = 0;
    while (first < this.#words.length && this.#words[first] === 0xffff) first += 1;
    let last = this.#words.length;
    while (last > first && this.#words[last - 1] === 0) last -= 1;
    return `${first}:${String.fromCharCode(...this.#words.subarray(first, last))}`;
  }
}

function callAt<Input, Output>(calls: readonly Call<Input, Output>[], id: number): Call<Input, Output> {
  const call = calls[id];
  if (call === undefined) throw new RangeError(`no call ${id}`);
  return call;
}

function endOf(call: Call<unknown, unknown>): number {
  return call.outcome.kind === 'ok' ? call.completedAt : Infinity;
}

/**
 * All starts and ends in order of time, after a head. At equal times starts come first, so that such calls are
 * concurrent.
 */
function linkEntries(calls: readonly Call<unknown, unknown>[]): Entry {
  const events: { at: number; entry: Entry }[] = [];
  for (const [id, call] of calls.entries()) {
    const known = call.outcome.kind === 'ok';
    const end: Entry | undefined = known
      ? { id, kind: 'end', end: undefined, previous: undefined, next: undefined }
      : undefined;
    events.push({ at: call.invokedAt, entry: { id, kind: 'start', end, previous: undefined, next: undefined } });
    if (end !== undefined) events.push({ at: call.completedAt, entry: end });
  }
  const isEnd = (entry: Entry): number => (entry.kind === 'end' ? 1 : 0);
  events.sort((a, b) => a.at - b.at || isEnd(a.entry) - isEnd(b.entry) || a.entry.id - b.entry.id);
  const head: Entry = { id: -1, kind: 'head', end: undefined, previous: undefined, next: undefined };
  let last = head;
  for (const { entry } of events) {
    last.next = entry;
    entry.previous = last;
    last = entry;
  }
  return head;
}

function unlink(entry: Entry): void {
  if (entry.previous !== undefined) entry.previous.next = entry.next;
  if (entry.next !== undefined) entry.next.previous = entry.previous;
}

function relink(entry: Entry): void {
  if (entry.previous !== undefined) entry.previous.next = entry;
  if (entry.next !== undefined) entry.next.previous = entry;
}
