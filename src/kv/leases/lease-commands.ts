import { etcdserverpb, type raftkv } from '../../gen/proto.js';
import type { Entry } from '../../raft/types.js';
import { EMPTY } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { DELETION_UNITS, type Draft } from '../commands/draft.js';
import { kvError, type KvError } from '../errors.js';
import { pagesOfKeys, LEASE_TTL_MAX_SECONDS, wireLeaseId } from './leases.js';
import type { BodyMaker } from '../commands/writes.js';

/** The entry that a command stands in. */
export type EntryPosition = Pick<Entry, 'index' | 'term'>;

/** The request names the id and the TTL that the lease is to have: whoever took it has chosen where the client did not. */
export function grantLease(
  draft: Draft,
  request: etcdserverpb.LeaseGrantRequest,
  entry: EntryPosition,
): BodyMaker | KvError {
  const id = toBigInt(request.ID);
  const ttlSeconds = Math.max(1, clampInteger(request.TTL));
  if (id === 0n) return kvError('lease-not-found'); // etcd's answer to an id that stands for none
  if (ttlSeconds > LEASE_TTL_MAX_SECONDS) return kvError('lease-ttl-too-large');
  if (draft.hasLease(id)) return kvError('lease-exists');
  draft.grantLease({ id, ttlSeconds, grantedIndex: entry.index });
  return () => etcdserverpb.LeaseGrantResponse.encode({ ID: wireLeaseId(id), TTL: ttlSeconds }).finish();
}

/** Deletes the lease and, in one revision and in their order, the keys that are attached to it. */
export async function revokeLease(draft: Draft, id: bigint): Promise<BodyMaker | KvError> {
  const lease = draft.lease(id);
  if (lease === undefined) return kvError('lease-not-found');
  // The walk does not meet what is written after it began.
  for await (const keys of pagesOfKeys(draft, id)) {
    for (const slot of await draft.slots(keys)) {
      draft.delete(slot);
      const rest = draft.spend(DELETION_UNITS);
      if (rest !== undefined) await rest;
    }
  }
  draft.revokeLease(lease);
  return () => EMPTY;
}

/**
 * A leader's word that a lease has run out, which counts in an entry of its own term alone. What it decided before it
 * lost the leadership may reach the log long afterwards, through its successor, who has promised the lease its full time
 * anew (etcd 15247).
 */
export function expireLease(
  draft: Draft,
  { id, grantedIndex, term }: raftkv.LeaseExpiry,
  entry: EntryPosition,
): KvError | Promise<BodyMaker | KvError> {
  if (clampInteger(term) !== entry.term) return kvError('lease-expiry-void');
  const leaseId = toBigInt(id);
  // Revoked meanwhile, and granted again: the new one has only begun.
  if (draft.lease(leaseId)?.grantedIndex !== clampInteger(grantedIndex)) return kvError('lease-not-found');
  return revokeLease(draft, leaseId);
}
