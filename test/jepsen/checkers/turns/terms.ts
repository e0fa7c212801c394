import type { RecordedCall } from '../../history/history.js';
import type { Anomaly } from '../../history/verdict.js';
import { isAnswered, isBefore, type AnsweredCall } from '../answered.js';
import { anomaly, describeCall } from '../verdict.js';

const US_PER_S = 1e6;

/** The holding of a lock, or a term of office. It is named by its token. */
export interface Term {
  readonly token: number;
  readonly begin: AnsweredCall;
  /** The call up to which it surely lasts; undefined without a renewal. */
  readonly witness: RecordedCall | undefined;
  /** The time in which it surely lasts, in µs; empty without a renewal. */
  readonly from: number;
  readonly to: number;
}

export interface TermNames {
  /** The call that begins a term: `acquire` or `campaign`. */
  readonly begin: string;
  /** The call that ends it: `release` or `resign`. */
  readonly end: string;
  /** The name of the anomaly of two terms at the same time. */
  readonly overlap: string;
  /** How fast the clocks of members may run: leases end as much earlier. */
  readonly fastestClock: number;
}

interface TokenValue {
  readonly token?: number;
  readonly ttl?: number;
}

export const tokenOf = (value: unknown): number | undefined => ((value ?? {}) as TokenValue).token;

/**
 * The terms of one lock or election. A term surely lasts from its beginning until the start of the call that ends it, and at most until the
 * start of its last renewal plus the TTL.
 */
export function termsOf(calls: readonly RecordedCall[], names: TermNames): Term[] {
  return calls.filter(isAnswered).flatMap((begin): Term[] => {
    const token = tokenOf(begin.completion.value);
    if (begin.invoke.f !== names.begin || token === undefined) return [];
    const own = calls.filter(({ invoke }) => tokenOf(invoke.value) === token);
    const renewals = own.filter(isAnswered).flatMap((call) => {
      const { ttl = 0 } = call.completion.value as TokenValue;
      return call.invoke.f === 'keepalive' && ttl > 0
        ? [{ call, to: call.invoke.time + (ttl * US_PER_S) / names.fastestClock }]
        : [];
    });
    const last = renewals.reduce<(typeof renewals)[number] | undefined>(
      (a, b) => (a === undefined || b.to > a.to ? b : a),
      undefined,
    );
    const end = own.find(({ invoke }) => invoke.f === names.end);
    const from = begin.completion.time;
    const to = Math.min(last?.to ?? from, end?.invoke.time ?? Infinity);
    return [{ token, begin, witness: last?.call, from, to }];
  });
}

/** Two sure terms at the same time, tokens that are used twice, and tokens that do not grow: `token-went-back`. */
export function checkTerms(terms: readonly Term[], { overlap }: TermNames): Anomaly[] {
  const anomalies: Anomaly[] = [];
  const sure = terms.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
  let longest: Term | undefined;
  for (const term of sure) {
    if (longest !== undefined && longest.to > term.from && longest.token !== term.token) {
      const ms = ((Math.min(longest.to, term.to) - term.from) / 1000).toFixed(1);
      const text = `tokens ${longest.token} and ${term.token} both hold for ${ms} ms\n${describeTerm(longest)}\n${describeTerm(term)}`;
      anomalies.push(anomaly(overlap, text, [...eventsOf(longest), ...eventsOf(term)]));
    }
    if (longest === undefined || term.to > longest.to) longest = term;
  }
  const byToken = new Map<number, Term>();
  const byStart = [...terms].sort((a, b) => a.begin.at - b.begin.at);
  const ended = [...terms].sort((a, b) => a.begin.completion.time - b.begin.completion.time);
  let next = 0;
  let largest: Term | undefined;
  for (const term of byStart) {
    const same = byToken.get(term.token);
    if (same !== undefined)
      anomalies.push(
        anomaly('shared-token', `${describeCall(same.begin)}\n${describeCall(term.begin)}`, [same.begin, term.begin]),
      );
    byToken.set(term.token, term);
    for (let other = ended[next]; other !== undefined && isBefore(other.begin, term.begin); other = ended[next]) {
      if (largest === undefined || other.token > largest.token) largest = other;
      next += 1;
    }
    if (largest === undefined || term.token > largest.token) continue;
    const text = `${describeCall(term.begin)}\nbegan after\n${describeCall(largest.begin)}`;
    anomalies.push(anomaly('token-went-back', text, [largest.begin, term.begin]));
  }
  return anomalies;
}

function describeTerm({ begin, witness, to }: Term): string {
  const until = `until ${(to / 1000).toFixed(3)} ms`;
  return `${describeCall(begin)}, ${until}${witness === undefined ? '' : ` by ${describeCall(witness)}`}`;
}

const eventsOf = ({ begin, witness }: Term): RecordedCall[] => (witness === undefined ? [begin] : [begin, witness]);
