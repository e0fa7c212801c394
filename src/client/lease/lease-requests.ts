import type { etcdserverpb } from '../../gen/proto.js';
import { asBuffer } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { integerArgument } from '../calls/arguments.js';
import type { AttemptedCallOptions, Dispatcher } from '../calls/dispatcher.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { LEASE_GRANT, LEASE_GRANT_ID } from '../calls/methods.js';
import { leaseIdToWire } from '../calls/ids.js';

export interface LeaseGrantResult {
  readonly id: bigint;
  /** The TTL granted, in seconds. The server has a minimum, so it may be longer than requested. */
  readonly ttlSeconds: number;
  readonly header: Header;
}

export interface LeaseKeepAliveResult {
  readonly id: bigint;
  /** The time until the lease expires, in seconds; 0 if there is no such lease. */
  readonly ttlSeconds: number;
  readonly header: Header;
}

export interface LeaseTimeToLiveResult {
  readonly id: bigint;
  /** The time until the lease expires, in seconds; −1 if there is no such lease. */
  readonly leftSeconds: number;
  /** The TTL granted, in seconds; 0 if there is no such lease. */
  readonly ttlSeconds: number;
  /** The keys attached to it, if requested. */
  readonly keys: readonly Buffer[];
  readonly header: Header;
}

export interface LeaseListResult {
  /** The ids of all leases. */
  readonly ids: readonly bigint[];
  readonly header: Header;
}

/** @param options.id default 0n: the server chooses an id @throws RaftKvError */
export async function grantLease(
  dispatcher: Pick<Dispatcher, 'call'>,
  ttlSeconds: number,
  { id = 0n, ...options }: AttemptedCallOptions & { readonly id?: bigint },
): Promise<LeaseGrantResult> {
  const method = id === 0n ? LEASE_GRANT : LEASE_GRANT_ID;
  return toGrant(
    await dispatcher.call(method, { TTL: integerArgument(ttlSeconds, 'a TTL', 0), ID: leaseIdToWire(id) }, options),
  );
}

function toGrant({ ID, TTL, header }: etcdserverpb.LeaseGrantResponse.$Properties): LeaseGrantResult {
  return { id: toBigInt(ID), ttlSeconds: clampInteger(TTL), header: toHeader(header) };
}

export function toKeepAlive(wire: etcdserverpb.LeaseKeepAliveResponse.$Properties): LeaseKeepAliveResult {
  return { id: toBigInt(wire.ID), ttlSeconds: clampInteger(wire.TTL), header: toHeader(wire.header) };
}

export function toTimeToLive(wire: etcdserverpb.LeaseTimeToLiveResponse.$Properties): LeaseTimeToLiveResult {
  return {
    id: toBigInt(wire.ID),
    leftSeconds: clampInteger(wire.TTL),
    ttlSeconds: clampInteger(wire.grantedTTL),
    keys: (wire.keys ?? []).map(asBuffer),
    header: toHeader(wire.header),
  };
}

export function toLeaseList({ leases, header }: etcdserverpb.LeaseLeasesResponse.$Properties): LeaseListResult {
  return { ids: (leases ?? []).map(({ ID }) => toBigInt(ID)), header: toHeader(header) };
}
