import { defined } from '../../../../src/util/assert.js';

export type Balances = ReadonlyMap<string, number>;

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** Two states, and the transfers that may have happened between them. */
export interface Gap<Candidate> {
  readonly from: Balances;
  readonly to: Balances;
  readonly candidates: readonly Candidate[];
}

/** States after which the search is given up: about 100 MiB. */
const STATES_MAX = 300_000;

/** What is missing in each gap's accounts after some candidates were decided. */
interface State<Candidate> {
  /** The accounts of the first gap, then those of the next. */
  readonly missing: readonly number[];
  /** Candidates that were taken. */
  readonly taken: number;
  readonly parent: State<Candidate> | undefined;
  readonly choice: { readonly candidate: Candidate; readonly gap: number } | undefined;
}

/**
 * Transfers that close all gaps, as few as possible, each in one gap at most.
 *
 * A dynamic programme over the candidates, whose states are the amounts that are still missing. Candidates are decided account
 * by account, the account with the fewest first. A state is dropped once an account cannot come right by the candidates that are left;
 * an account without further ones must be right. So each account divides the number of states by the spread of its sums, and dozens of
 * candidates do not double it each.
 * @returns the transfers of each gap; undefined if there are none, `too many` if the search was given up
 */
export function explain<Candidate extends Transfer>(
  gaps: readonly Gap<Candidate>[],
): readonly (readonly Candidate[])[] | 'too many' | undefined {
  const search = new Search(gaps);
  let result: ReturnType<Search<Candidate>['run']>;
  // Mostly a few of many have happened. The bounds of their number keep such searches short.
  for (let takenMax = 2; ; takenMax *= 2) {
    result = search.run(takenMax);
    if (Array.isArray(result) || takenMax >= search.size) return result;
  }
}

/** One search, which can be run with different bounds. */
class Search<Candidate extends Transfer> {
  readonly #gaps: readonly Gap<Candidate>[];
  readonly #allowed: readonly ReadonlySet<Candidate>[];
  readonly #candidates: readonly Candidate[];
  readonly #placeOf: ReadonlyMap<string, number>;
  readonly #missing: readonly number[];
  /** The most that the candidates that are left can add to each place of `missing`, and take from it. */
  #gain: number[] = [];
  #loss: number[] = [];

  constructor(gaps: readonly Gap<Candidate>[]) {
    const accounts = [...new Set(gaps.flatMap(({ from, to }) => [...from.keys(), ...to.keys()]))];
    this.#gaps = gaps;
    this.#allowed = gaps.map(({ candidates }) => new Set(candidates));
    this.#placeOf = new Map(accounts.map((name, at) => [name, at]));
    const all = [...new Set(gaps.flatMap(({ candidates }) => candidates))];
    this.#candidates = inOrder(all.filter(({ from, to }) => this.#placeOf.has(from) && this.#placeOf.has(to)));
    this.#missing = gaps.flatMap(({ from, to }) => accounts.map((name) => (to.get(name) ?? 0) - (from.get(name) ?? 0)));
  }

  /** Number of candidates. */
  get size(): number {
    return this.#candidates.length;
  }

  /** @param takenMax transfers of all gaps together, at most */
  run(takenMax: number): readonly (readonly Candidate[])[] | 'too many' | undefined {
    if (this.#missing.every((amount) => amount === 0)) return this.#gaps.map(() => []);
    this.#gain = this.#missing.map(() => 0);
    this.#loss = this.#missing.map(() => 0);
    for (const candidate of this.#candidates)
      for (const gap of this.#gapsOf(candidate)) this.#addRange(candidate, gap, 1);
    if (!this.#missing.every((amount, at) => this.#canComeRight(at, amount))) return undefined;
    let states: State<Candidate>[] = [{ missing: this.#missing, taken: 0, parent: undefined, choice: undefined }];
    let made = 0;
    for (const candidate of this.#candidates) {
      const next = this.#decide(candidate, states, { takenMax, statesMax: STATES_MAX - made });
      if (next === undefined) return 'too many';
      made += next.length;
      states = next;
    }
    // No candidate is left, so all that is missing is 0 in the one state that may remain.
    const [last] = states;
    return last === undefined ? undefined : this.#gaps.map((_, gap) => chosen(last, gap));
  }

  /** The states with and without a candidate; undefined if they are too many. */
  #decide(
    candidate: Candidate,
    states: readonly State<Candidate>[],
    { takenMax, statesMax }: { readonly takenMax: number; readonly statesMax: number },
  ): State<Candidate>[] | undefined {
    const gaps = this.#gapsOf(candidate);
    for (const gap of gaps) this.#addRange(candidate, gap, -1);
    const touched = gaps.flatMap((gap) => this.#places(candidate, gap));
    const next = new Map<string, State<Candidate>>();
    const add = (state: State<Candidate>): void => {
      if (!touched.every((at) => this.#canComeRight(at, state.missing[at] ?? 0))) return;
      // A transfer puts two accounts right at most.
      if (state.missing.filter((amount) => amount !== 0).length > 2 * (takenMax - state.taken)) return;
      const key = state.missing.join(' ');
      const other = next.get(key);
      if (other === undefined || state.taken < other.taken) next.set(key, state);
    };
    for (const state of states) {
      add(state);
      if (state.taken === takenMax) continue;
      for (const gap of gaps) {
        const missing = [...state.missing];
        const [source, target] = this.#places(candidate, gap);
        missing[source] = (missing[source] ?? 0) + candidate.amount;
        missing[target] = (missing[target] ?? 0) - candidate.amount;
        add({ missing, taken: state.taken + 1, parent: state, choice: { candidate, gap } });
      }
      if (next.size > statesMax) return undefined;
    }
    return [...next.values()];
  }

  #gapsOf(candidate: Candidate): number[] {
    return [...this.#allowed.keys()].filter((gap) => this.#allowed[gap]?.has(candidate) === true);
  }

  /** The places of a transfer's accounts in `missing`. */
  #places({ from, to }: Transfer, gap: number): readonly [source: number, target: number] {
    const place = (account: string): number =>
      gap * this.#placeOf.size + defined(this.#placeOf.get(account), 'an account');
    return [place(from), place(to)];
  }

  #addRange(transfer: Transfer, gap: number, sign: 1 | -1): void {
    const [source, target] = this.#places(transfer, gap);
    this.#loss[source] = (this.#loss[source] ?? 0) + sign * transfer.amount;
    this.#gain[target] = (this.#gain[target] ?? 0) + sign * transfer.amount;
  }

  #canComeRight(at: number, amount: number): boolean {
    return amount <= (this.#gain[at] ?? 0) && -amount <= (this.#loss[at] ?? 0);
  }
}

/** The transfers that a state took in one gap. */
function chosen<Candidate>(last: State<Candidate>, gap: number): Candidate[] {
  const found: Candidate[] = [];
  for (let state: State<Candidate> | undefined = last; state !== undefined; state = state.parent)
    if (state.choice?.gap === gap) found.push(state.choice.candidate);
  return found.reverse();
}

/** Account by account, the one with the fewest candidates that are left first. */
function inOrder<Candidate extends Transfer>(candidates: readonly Candidate[]): Candidate[] {
  const order: Candidate[] = [];
  let left = [...candidates];
  while (left.length > 0) {
    const counts = new Map<string, number>();
    for (const { from, to } of left)
      for (const account of [from, to]) counts.set(account, (counts.get(account) ?? 0) + 1);
    const [fewest] = [...counts].sort(([nameA, a], [nameB, b]) => a - b || (nameA < nameB ? -1 : 1));
    const account = defined(fewest, 'an account')[0];
    order.push(...left.filter(({ from, to }) => from === account || to === account));
    left = left.filter(({ from, to }) => from !== account && to !== account);
  }
  return order;
}
