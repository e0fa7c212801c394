import type { History, RecordedCall } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { callsNamed, isAnswered, isBefore, type AnsweredCall } from '../answered.js';
import { clockRates } from '../clock-rates.js';
import { groupBy } from '../group.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';
import { checkTerms, termsOf, tokenOf, type Term, type TermNames } from './terms.js';

const NAMES = { begin: 'campaign', end: 'resign', overlap: 'two-leaders' } as const;

/** A leader as a reader or an observer has seen it. */
interface SeenLeader {
  readonly call: AnsweredCall;
  readonly token: number;
  readonly name: string;
}

/**
 * Elections: one leader in a term of office, which its token names.
 * - `two-leaders`, `shared-token`, `token-went-back`: as for locks
 * - `wrong-leader`: a read within a sure term gives another leader, or none
 * - `leader-went-back`: a read gives an earlier leader than a read that ended before it
 * - `observe-went-back`: an observer sees an earlier leader after a later one, or an earlier value of the same
 * - `unexpected-name`: neither campaigned with nor proclaimed under this token
 * - `old-name`: a read after a proclamation of the same term gives a name from before it
 */
export function checkElections(history: History): Verdict {
  return verdictOf('election', () => {
    const names: TermNames = { ...NAMES, fastestClock: clockRates(history).fastest };
    const calls = callsNamed(history, 'campaign', 'keepalive', 'proclaim', 'resign', 'leader', 'observe');
    const elections = groupBy(calls, ({ invoke }) => invoke.key ?? '');
    let terms = 0;
    const anomalies = [...elections.values()].flatMap((ofElection) => {
      const all = termsOf(ofElection, names);
      terms += all.length;
      return [...checkTerms(all, names), ...checkElection(ofElection, all)];
    });
    return { operations: calls.length, anomalies, details: { elections: elections.size, terms } };
  });
}

function checkElection(calls: readonly RecordedCall[], terms: readonly Term[]): Anomaly[] {
  const answered = calls.filter(isAnswered);
  const reads = answered.filter(({ invoke }) => invoke.f === 'leader');
  const seen = reads.flatMap((call) => seenLeader(call, call.completion.value) ?? []);
  const observed = answered
    .filter(({ invoke }) => invoke.f === 'observe')
    .map((call) => ({ call, leaders: (call.completion.value as { readonly leaders: readonly unknown[] }).leaders }));
  const all = [
    ...seen,
    ...observed.flatMap(({ call, leaders }) => leaders.flatMap((one) => seenLeader(call, one) ?? [])),
  ];
  return [
    ...reads.flatMap((read) => wrongLeader(read, terms)),
    ...wentBack(seen),
    ...observed.flatMap(({ call, leaders }) => observedBack(call, leaders)),
    ...checkNames(calls, { all, reads: seen }),
  ];
}

function seenLeader(call: AnsweredCall, value: unknown): SeenLeader | undefined {
  const { token, name } = (value ?? {}) as Partial<SeenLeader>;
  return token === undefined || name === undefined ? undefined : { call, token, name };
}

function wrongLeader(read: AnsweredCall, terms: readonly Term[]): Anomaly[] {
  const term = terms.find(({ from, to }) => from < read.invoke.time && read.completion.time < to);
  if (term === undefined || tokenOf(read.completion.value) === term.token) return [];
  const shown = [term.begin, ...(term.witness === undefined ? [] : [term.witness]), read];
  return [anomaly('wrong-leader', shown.map(describeCall).join('\n'), shown)];
}

function wentBack(seen: readonly SeenLeader[]): Anomaly[] {
  const ended = [...seen].sort((a, b) => a.call.completion.time - b.call.completion.time);
  let next = 0;
  let newest: SeenLeader | undefined;
  return seen.flatMap((read) => {
    for (let other = ended[next]; other !== undefined && isBefore(other.call, read.call); other = ended[next]) {
      if (newest === undefined || other.token > newest.token) newest = other;
      next += 1;
    }
    if (newest === undefined || read.token >= newest.token) return [];
    const shown = [newest.call, read.call];
    return [anomaly('leader-went-back', shown.map(describeCall).join('\n'), shown)];
  });
}

function observedBack(call: AnsweredCall, leaders: readonly unknown[]): Anomaly[] {
  let last = { token: 0, revision: 0 };
  for (const leader of leaders) {
    const { token = 0, revision = 0 } = leader as { readonly token?: number; readonly revision?: number };
    // The first value of a new leader is older than the last of the leader before: it is from its candidacy.
    if (token < last.token || (token === last.token && revision < last.revision))
      return [anomaly('observe-went-back', describeCall(call), [call])];
    last = { token, revision };
  }
  return [];
}

/**
 * Names are unique. One that was proclaimed belongs to the token of its proclamation. One of a campaign may be seen with several
 * tokens: a campaign that is tried at several members takes a place at each, and an earlier place leads until its lease ends.
 */
function checkNames(
  calls: readonly RecordedCall[],
  { all, reads }: { readonly all: readonly SeenLeader[]; readonly reads: readonly SeenLeader[] },
): Anomaly[] {
  const givers = new Map<string, RecordedCall>();
  for (const call of calls) {
    const { name } = (call.invoke.value ?? {}) as { readonly name?: string };
    if (name !== undefined && (call.outcome !== 'fail' || call.invoke.f === 'campaign')) givers.set(name, call);
  }
  const unexpected = all.flatMap(({ call, name, token }) => {
    const giver = givers.get(name);
    if (giver !== undefined && (giver.invoke.f === 'campaign' || tokenOf(giver.invoke.value) === token)) return [];
    const shown = giver === undefined ? [call] : [giver, call];
    const text = `name ${JSON.stringify(name)} with token ${token}\n${shown.map(describeCall).join('\n')}`;
    return [anomaly('unexpected-name', text, shown)];
  });
  const proclamations = calls.filter(({ invoke }) => invoke.f === 'proclaim').filter(isAnswered);
  const old = reads.flatMap(({ call, name, token }) => {
    const giver = givers.get(name);
    const newer = proclamations.find(
      (one) => tokenOf(one.invoke.value) === token && isBefore(one, call) && giver !== undefined && giver.at < one.at,
    );
    if (newer === undefined) return [];
    const shown = [newer, call];
    return [anomaly('old-name', shown.map(describeCall).join('\n'), shown)];
  });
  return [...unexpected, ...old];
}
