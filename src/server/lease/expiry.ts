import { etcdserverpb, raftkv } from '../../gen/proto.js';
import { hasAlarm } from '../../kv/commands/alarms.js';
import { wireLeaseId, type Lease } from '../../kv/leases/leases.js';
import type { KvStore } from '../../kv/store.js';
import type { Clock } from '../../ports/clock.js';
import type { Proposer } from '../requests/proposer.js';
import { OWN_CALL } from '../requests/own-call.js';
import type { ExpiryOutcome } from './expirer.js';

/** While the alarm CORRUPT is active, no lease can be ended. Interval between attempts, in ms. */
const CORRUPT_PAUSE_MS = 1_000;

export interface ExpiryOptions {
  readonly proposer: Pick<Proposer, 'submit'>;
  readonly store: Pick<KvStore, 'alarms'>;
  readonly clock: Clock;
  /** Called after a lease was ended. */
  readonly onExpired: () => void;
}

/** Proposes to end a lease that has expired in a leader's term. */
export function proposeExpiry(
  { proposer, store, clock, onExpired }: ExpiryOptions,
  { lease, term }: { readonly lease: Lease; readonly term: number },
  done: (outcome: ExpiryOutcome) => void,
): void {
  const later = (): void => void clock.timeout(CORRUPT_PAUSE_MS, () => done('failed'));
  // Not even proposed: the log would grow by proposals until the alarm is disarmed.
  if (hasAlarm(store.alarms(), etcdserverpb.AlarmType.CORRUPT)) return later();
  proposer.submit({
    call: OWN_CALL,
    kind: 'leaseExpire',
    request: raftkv.LeaseExpiry.encode({
      id: wireLeaseId(lease.id),
      grantedIndex: lease.grantedIndex,
      term,
    }).finish(),
    done: (outcome) => {
      const isCorrupt =
        outcome.kind === 'applied' && outcome.result.kind === 'error' && outcome.result.error.kind === 'corrupt';
      if (isCorrupt) return later();
      if (outcome.kind === 'applied' && outcome.result.kind === 'ok') onExpired();
      done(outcome.kind);
    },
  });
}
