import type { History, RecordedCall } from '../../history/history.js';
import { callsNamed, isAnswered, type AnsweredCall } from '../answered.js';

const MISSING = /^not-found/;
const US_PER_S = 1e6;

/** All calls about one lease, and its key. */
export interface LeaseCalls {
  readonly lease: string;
  /** The grant, and what may have renewed it. */
  readonly renewals: readonly Renewal[];
  readonly put: RecordedCall | undefined;
  readonly revokes: readonly RecordedCall[];
  /** Answered reads of the key. */
  readonly reads: readonly LeaseRead[];
  /** Answers that say that there is no such lease. */
  readonly missing: readonly RecordedCall[];
}

export interface Renewal {
  readonly call: RecordedCall;
  /** Whether it was answered: the lease existed. */
  readonly certain: boolean;
  /** In µs. */
  readonly ttlUs: number;
}

export interface LeaseRead {
  readonly call: AnsweredCall;
  readonly found: boolean;
}

/** The calls of a history by lease. Leases whose grant had no answer have no name, and are left out. */
export function leaseCalls(history: History): { readonly calls: number; readonly leases: readonly LeaseCalls[] } {
  const calls = callsNamed(history, 'grant', 'put', 'keepalive', 'revoke', 'read');
  const byLease = new Map<string, RecordedCall[]>();
  for (const call of calls) {
    const lease = argument(call).lease ?? result(call).lease;
    if (lease === undefined) continue;
    byLease.set(lease, [...(byLease.get(lease) ?? []), call]);
  }
  return { calls: calls.length, leases: [...byLease].map(([lease, own]) => leaseOf(lease, own)) };
}

function leaseOf(lease: string, calls: readonly RecordedCall[]): LeaseCalls {
  const named = (name: string): RecordedCall[] => calls.filter(({ invoke }) => invoke.f === name);
  const granted = named('grant').filter(isAnswered);
  const ttlUs = Math.max(0, ...granted.map((call) => (result(call).ttl ?? 0) * US_PER_S));
  const keepalives = named('keepalive');
  const isGone = (call: RecordedCall): boolean => isAnswered(call) && result(call).ttl === 0;
  return {
    lease,
    renewals: [
      ...granted.map((call) => ({ call, certain: true, ttlUs })),
      ...keepalives
        .filter((call) => call.outcome !== 'fail' && !isGone(call))
        .map((call) => ({
          call,
          certain: isAnswered(call),
          ttlUs: isAnswered(call) ? (result(call).ttl ?? 0) * US_PER_S : ttlUs,
        })),
    ],
    put: named('put').find(({ outcome }) => outcome !== 'fail'),
    revokes: named('revoke').filter((call) => call.outcome !== 'fail'),
    reads: named('read')
      .filter(isAnswered)
      .map((call) => ({ call, found: result(call).value !== null && result(call).value !== undefined })),
    missing: [...keepalives.filter(isGone), ...calls.filter(isRefused)],
  };
}

function isRefused({ invoke, outcome, completion }: RecordedCall): boolean {
  return outcome === 'fail' && invoke.f !== 'read' && MISSING.test(completion?.error ?? '');
}

interface LeaseValue {
  readonly lease?: string;
  readonly ttl?: number;
  readonly value?: unknown;
}

const argument = ({ invoke }: RecordedCall): LeaseValue => invoke.value ?? {};
const result = ({ completion }: RecordedCall): LeaseValue => completion?.value ?? {};
