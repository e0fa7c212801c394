import type { History, RecordedCall } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { isAnswered, isBefore } from '../answered.js';
import { clockRates, type ClockRates } from '../clock-rates.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';
import { disturbancesOf, type Disturbance } from './disturbances.js';
import { leaseCalls, type LeaseCalls, type LeaseRead } from './lease-calls.js';

const US_PER_MS = 1000;
const US_PER_S = 1e6;

/**
 * Leases with one key each, by the clock of the clients. If a member's clock ran too fast, a lease may end as much earlier.
 * - `early`: the key or the lease was gone before the start of the last successful renewal plus the TTL, and no revocation
 *   had begun
 * - `late`: the key was there after the end of the last renewal, plus the TTL, plus `options.slackMs`, without a fault or a change of the
 *   leader since, each of which renews the lease
 * - `short`: the server granted less time than was asked for
 * - `came-back`: the key was there after it was gone
 * - `survived-revoke`: the key was there after the lease was revoked
 */
export function checkLeases(history: History): Verdict {
  return verdictOf('lease', () => {
    const { calls, leases } = leaseCalls(history);
    const { timeoutMs, slackMs } = history.header.options;
    const rules: Rules = {
      rates: clockRates(history),
      timeoutUs: typeof timeoutMs === 'number' ? timeoutMs * US_PER_MS : Infinity,
      slackUs: typeof slackMs === 'number' ? slackMs * US_PER_MS : Infinity,
      disturbances: disturbancesOf(history),
    };
    const anomalies = leases.flatMap((lease) => [
      ...short(lease),
      ...early(lease, rules),
      ...late(lease, rules),
      ...afterEnd(lease),
    ]);
    const ended = leases.filter(({ reads }) => reads.some(({ found }) => !found)).length;
    return { operations: calls, anomalies, details: { leases: leases.length, ended } };
  });
}

interface Rules {
  readonly rates: ClockRates;
  /** After this time a call without an answer is over. */
  readonly timeoutUs: number;
  readonly slackUs: number;
  readonly disturbances: readonly Disturbance[];
}

function short({ lease, renewals }: LeaseCalls): Anomaly[] {
  return renewals.flatMap(({ call, certain, ttlUs }) => {
    const { ttl = 0 } = (call.invoke.value ?? {}) as { readonly ttl?: number };
    if (call.invoke.f !== 'grant' || !certain || ttlUs >= ttl * US_PER_S) return [];
    return [anomaly('short', `lease ${lease} got less time than ${ttl} s: ${describeCall(call)}`, [call])];
  });
}

function early({ lease, renewals, put, revokes, reads, missing }: LeaseCalls, { rates }: Rules): Anomaly[] {
  const certain = renewals.filter((renewal) => renewal.certain);
  if (certain.length === 0) return [];
  const endOf = ({ call, ttlUs }: (typeof certain)[number]): number => call.invoke.time + ttlUs / rates.fastest;
  const last = certain.reduce((a, b) => (endOf(b) > endOf(a) ? b : a));
  const gone: RecordedCall[] = [
    ...reads.filter((read) => !read.found && mustExist(read, put)).map(({ call }) => call),
    ...missing,
  ];
  return gone.flatMap((call) => {
    const time = call.completion?.time ?? Infinity;
    if (time >= endOf(last) || revokes.some(({ invoke }) => invoke.time <= time)) return [];
    const left = ((endOf(last) - time) / US_PER_MS).toFixed(0);
    const text = `lease ${lease} was gone ${left} ms before its time:\n${describeCall(call)}\nafter\n${describeCall(last.call)}`;
    return [anomaly('early', text, [last.call, call])];
  });
}

/** Whether the key was put before a read began. */
function mustExist({ call }: LeaseRead, put: RecordedCall | undefined): boolean {
  return put !== undefined && isAnswered(put) && isBefore(put, call);
}

function late({ lease, renewals, reads }: LeaseCalls, rules: Rules): Anomaly[] {
  const found = reads.filter((read) => read.found);
  for (const { call } of found) {
    const before = renewals.filter((renewal) => renewal.call.invoke.time <= call.completion.time);
    let deadline = 0;
    for (const { call: renewal, certain, ttlUs } of before) {
      const end = certain ? (renewal.completion?.time ?? Infinity) : renewal.invoke.time + rules.timeoutUs;
      deadline = Math.max(deadline, end + ttlUs);
    }
    const ttlUs = Math.max(0, ...before.map((renewal) => renewal.ttlUs));
    for (const { from, to } of rules.disturbances) {
      if (from <= deadline + rules.slackUs && to <= call.completion.time) deadline = Math.max(deadline, to + ttlUs);
      else if (from <= call.completion.time && to > call.completion.time) deadline = Infinity;
    }
    if (call.invoke.time <= deadline + rules.slackUs) continue;
    const ms = ((call.invoke.time - deadline) / US_PER_MS).toFixed(0);
    const last = before.at(-1);
    const text = `the key of lease ${lease} exists ${ms} ms after its time:\n${describeCall(call)}`;
    return [anomaly('late', text, last === undefined ? [call] : [last.call, call])];
  }
  return [];
}

function afterEnd({ lease, put, revokes, reads }: LeaseCalls): Anomaly[] {
  const gone = reads.find((read) => !read.found && mustExist(read, put));
  const revoked = revokes.find(isAnswered);
  const anomalies: Anomaly[] = [];
  for (const [name, end] of [
    ['came-back', gone?.call],
    ['survived-revoke', revoked],
  ] as const) {
    const again = end === undefined ? undefined : reads.find((read) => read.found && isBefore(end, read.call));
    if (end === undefined || again === undefined) continue;
    const text = `the key of lease ${lease} exists:\n${describeCall(again.call)}\nafter\n${describeCall(end)}`;
    anomalies.push(anomaly(name, text, [end, again.call]));
  }
  return anomalies;
}
