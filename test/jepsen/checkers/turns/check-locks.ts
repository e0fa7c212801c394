import type { History, RecordedCall } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { callsNamed, isAnswered, type AnsweredCall } from '../answered.js';
import { clockRates } from '../clock-rates.js';
import { groupBy } from '../group.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';
import { checkTerms, termsOf, tokenOf, type Term, type TermNames } from './terms.js';

const NAMES = { begin: 'acquire', end: 'release', overlap: 'two-holders' } as const;

/**
 * Locks with fencing tokens, and what their holders do with a counter outside of the store.
 * - `two-holders`: two tokens that surely hold the lock at the same time
 * - `shared-token`, `token-went-back`: a token is not larger than those acquired before the call began
 * - `fencing-went-back`: the counter was used with a smaller token after a larger one
 * - `repeated-use`, `lost-use`: the uses do not count 1, 2, 3 …, beyond the gaps that uses of unknown outcome explain
 * - `refused-holder`: a use was refused although its token surely held the lock
 */
export function checkLocks(history: History): Verdict {
  return verdictOf('lock', () => {
    const names: TermNames = { ...NAMES, fastestClock: clockRates(history).fastest };
    const calls = callsNamed(history, 'acquire', 'keepalive', 'use', 'release');
    const locks = groupBy(calls, ({ invoke }) => invoke.key ?? '');
    let held = 0;
    const anomalies = [...locks.values()].flatMap((ofLock) => {
      const terms = termsOf(ofLock, names);
      held += terms.length;
      const uses = ofLock.filter(({ invoke }) => invoke.f === 'use');
      return [...checkTerms(terms, names), ...checkUses(uses), ...checkRefusals(uses, terms)];
    });
    return { operations: calls.length, anomalies, details: { locks: locks.size, held } };
  });
}

function checkUses(uses: readonly RecordedCall[]): Anomaly[] {
  const counted = uses
    .filter(isAnswered)
    .map((call) => ({ call, n: countOf(call), token: tokenOf(call.invoke.value) ?? 0 }));
  counted.sort((a, b) => a.n - b.n || a.call.at - b.call.at);
  const anomalies: Anomaly[] = [];
  let open = uses.filter(({ outcome }) => outcome === 'info').length;
  let last: (typeof counted)[number] | undefined;
  for (const use of counted) {
    const gap = use.n - (last?.n ?? 0) - 1;
    const shown = last === undefined ? [use.call] : [last.call, use.call];
    const text = shown.map(describeCall).join('\n');
    if (gap < 0) anomalies.push(anomaly('repeated-use', text, shown));
    else if (gap > open) anomalies.push(anomaly('lost-use', text, shown));
    open -= Math.max(0, Math.min(gap, open));
    if (last !== undefined && use.token < last.token) anomalies.push(anomaly('fencing-went-back', text, shown));
    last = use;
  }
  return anomalies;
}

const countOf = ({ completion }: AnsweredCall): number => Number((completion.value as { readonly n?: unknown }).n);

function checkRefusals(uses: readonly RecordedCall[], terms: readonly Term[]): Anomaly[] {
  return uses.flatMap((use) => {
    if (use.outcome !== 'fail') return [];
    const term = terms.find(({ token }) => token === tokenOf(use.invoke.value));
    if (term === undefined || use.invoke.time < term.from || (use.completion?.time ?? Infinity) > term.to) return [];
    const shown = [term.begin, ...(term.witness === undefined ? [] : [term.witness]), use];
    return [anomaly('refused-holder', shown.map(describeCall).join('\n'), shown)];
  });
}
