import { etcdserverpb } from '../../gen/proto.js';
import { wireLeaseId } from '../../kv/leases/leases.js';
import type { KvStore } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { Clock } from '../../ports/clock.js';
import type { Method } from '../../rpc/service.js';
import type { Random } from '../../util/random.js';
import type { Headers } from '../requests/header.js';
import type { Access } from '../requests/access.js';
import { newLeaseId } from '../lease/lease-id.js';
import type { PendingCalls } from '../requests/pending.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { LEASE_OVERHEAD_BYTES } from '../requests/quota.js';
import { electionService } from './election-service.js';
import type { KeyChanges } from './key-changes.js';
import { lockService } from './lock-service.js';
import { Observations } from './observations.js';
import { Queues } from './queue.js';
import { StoreCalls } from './store-calls.js';
import type { LockServiceOptions } from './steps.js';

/** TTL of the lease for a lock or candidate without one, as in etcd. It is not renewed. */
const LEASE_SECONDS = 60;

export interface LockServicesOptions {
  readonly store: KvStore;
  readonly writes: ClientWrites;
  readonly node: RaftNode;
  readonly pending: PendingCalls;
  readonly access: Access;
  readonly headers: Headers;
  readonly changes: KeyChanges;
  readonly clock: Clock;
  readonly random: Random;
  readonly onFatal: (error: unknown) => void;
}

/** etcd's Lock and Election services. */
export function lockServices(options: LockServicesOptions): { readonly methods: readonly Method[]; stop(): void } {
  const { store, random, changes, clock, headers, onFatal } = options;
  const calls = new StoreCalls(options);
  const queues = new Queues({ calls, changes, clock });
  const shared: LockServiceOptions = {
    calls,
    queues,
    headers,
    revision: () => store.revision(),
    onFatal,
    leaseOr: async (call, lease) => {
      if (lease !== 0n) return lease;
      const id = newLeaseId(random);
      const request = etcdserverpb.LeaseGrantRequest.encode({ ID: wireLeaseId(id), TTL: LEASE_SECONDS }).finish();
      await calls.propose(call, { kind: 'leaseGrant', request, spaceBytes: LEASE_OVERHEAD_BYTES });
      return id;
    },
  };
  const observations = new Observations({ ...shared, changes });
  return {
    methods: [...lockService(shared), ...electionService(shared), observations.method()],
    stop: () => {
      queues.stop();
      observations.stop();
    },
  };
}
