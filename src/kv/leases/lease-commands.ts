import { etcdserverpb, type raftkv } from '../../gen/proto.js';
import type { Entry } from '../../raft/types.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { DELETION_UNITS, type Draft } from '../commands/draft.js';
import { kvError, type KvError } from '../errors.js';
import { pagesOfKeys, LEASE_TTL_MAX_SECONDS, wireLeaseId } from './leases.js';
import { emptyBody, type BodyMaker } from '../commands/writes.js';
import { leaveFeeds } from '../feeds/commands.js';

/** The position of a command's entry. */
export type EntryPosition = Pick<Entry, 'index' | 'term'>;

/** Grants a lease with the id and TTL of the request. The proposer has chosen those that the client left open. */
export function grantLease(
  draft: Draft,
  request: etcdserverpb.LeaseGrantRequest,
  entry: EntryPosition,
): BodyMaker | KvError {
  const id = toBigInt(request.ID);
  const ttlSeconds = Math.max(1, clampInteger(request.TTL));
  if (id === 0n) return kvError('lease-not-found'); // etcd's answer to the id 0
  if (ttlSeconds > LEASE_TTL_MAX_SECONDS) return kvError('lease-ttl-too-large');
  if (draft.hasLease(id)) return kvError('lease-exists');
  draft.grantLease({ id, ttlSeconds, grantedIndex: entry.index });
  return () => etcdserverpb.LeaseGrantResponse.encode({ ID: wireLeaseId(id), TTL: ttlSeconds }).finish();
}

/** Deletes the lease and, in one revision and in their order, the keys that are attached to it. */
export async function revokeLease(draft: Draft, id: bigint): Promise<BodyMaker | KvError> {
  const lease = draft.lease(id);
  if (lease === undefined) return kvError('lease-not-found');
  // The walk does not see its own deletions: it sees no rows written after it began.
  for await (const keys of pagesOfKeys(draft, id)) {
    for (const slot of await draft.slots(keys)) {
      draft.deleteFound(slot);
      const rest = draft.spend(DELETION_UNITS);
      if (rest !== undefined) await rest;
    }
  }
  draft.finishDeletion(undefined);
  draft.revokeLease(lease);
  leaveFeeds(draft, id);
  return emptyBody;
}

/**
 * Ends a lease that a leader found expired. It takes effect only in an entry of that leader's term: the proposal of a
 * deposed leader may reach the log through its successor, which has given the lease its full TTL again (etcd 15247).
 */
export function expireLease(
  draft: Draft,
  { id, grantedIndex, term }: raftkv.LeaseExpiry,
  entry: EntryPosition,
): KvError | Promise<BodyMaker | KvError> {
  if (clampInteger(term) !== entry.term) return kvError('lease-expiry-void');
  const leaseId = toBigInt(id);
  // The lease was revoked and granted again under the same id.
  if (draft.lease(leaseId)?.grantedIndex !== clampInteger(grantedIndex)) return kvError('lease-not-found');
  return revokeLease(draft, leaseId);
}
