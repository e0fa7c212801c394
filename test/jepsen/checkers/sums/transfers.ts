export type Balances = ReadonlyMap<string, number>;

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** Steps after which the search for an explanation is given up. */
const STEPS_MAX = 200_000;

export interface ExplainOptions<Candidate> {
  /** Counts the steps of one search, or of several together. */
  readonly budget?: { stepsLeft: number };
  /** Whether transfers that lead there are the ones that are looked for. Default: all are. */
  readonly accepts?: (found: readonly Candidate[]) => boolean;
}

export const newBudget = (): { stepsLeft: number } => ({ stepsLeft: STEPS_MAX });

/**
 * Transfers that lead from one state to another, as few as possible; undefined if there are none, `too many` if the search was given
 * up.
 */
export function explain<Candidate extends Transfer>(
  from: Balances,
  to: Balances,
  candidates: readonly Candidate[],
  { budget = newBudget(), accepts = () => true }: ExplainOptions<Candidate> = {},
): readonly Candidate[] | 'too many' | undefined {
  const missing = new Map<string, number>();
  for (const [account, balance] of to) missing.set(account, balance - (from.get(account) ?? 0));
  const taken: Candidate[] = [];
  for (let size = 0; size <= candidates.length; size += 1) {
    const found = choose(size, 0);
    if (found !== undefined) return found;
    if (budget.stepsLeft < 0) return 'too many';
  }
  return undefined;

  function choose(size: number, first: number): readonly Candidate[] | undefined {
    budget.stepsLeft -= 1;
    if (budget.stepsLeft < 0) return undefined;
    const open = [...missing].find(([, amount]) => amount !== 0)?.[0];
    if (size === 0) return open === undefined && accepts([...taken]) ? [] : undefined;
    for (let at = first; at < candidates.length; at += 1) {
      const candidate = candidates[at];
      if (candidate === undefined) continue;
      // The last one must settle an account that is still wrong.
      if (size === 1 && candidate.from !== open && candidate.to !== open) continue;
      shift(candidate, 1);
      taken.push(candidate);
      const rest = choose(size - 1, at + 1);
      taken.pop();
      shift(candidate, -1);
      if (rest !== undefined) return [candidate, ...rest];
    }
    return undefined;
  }

  function shift({ from, to, amount }: Transfer, sign: 1 | -1): void {
    missing.set(from, (missing.get(from) ?? 0) + sign * amount);
    missing.set(to, (missing.get(to) ?? 0) - sign * amount);
  }
}
