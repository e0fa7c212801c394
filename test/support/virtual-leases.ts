import { etcdserverpb } from '../../src/gen/proto.js';
import { wireLeaseId } from '../../src/kv/leases/leases.js';
import { clampInteger, toBigInt } from '../../src/util/integer.js';
import type { VirtualMember } from './virtual-member.js';

const { LeaseGrantRequest, LeaseGrantResponse, LeaseRevokeRequest } = etcdserverpb;
const { PutRequest, PutResponse } = etcdserverpb;
const { LeaseKeepAliveRequest, LeaseKeepAliveResponse } = etcdserverpb;
const { LeaseTimeToLiveRequest, LeaseTimeToLiveResponse } = etcdserverpb;

/** The outcome of a lease call; after `failed` its effect is unknown. */
export type LeaseResult =
  | { readonly kind: 'ok'; readonly id: bigint; readonly ttlSeconds: number }
  | { readonly kind: 'failed'; readonly message: string };

export async function grantLease(member: VirtualMember, ttlSeconds: number, id = 0n): Promise<LeaseResult> {
  const request = LeaseGrantRequest.encode({ ID: wireLeaseId(id), TTL: ttlSeconds }).finish();
  const result = await member.call('/etcdserverpb.Lease/LeaseGrant', request);
  if (result.kind === 'error') return { kind: 'failed', message: result.status.message };
  const { ID, TTL } = LeaseGrantResponse.decode(result.body);
  return { kind: 'ok', id: toBigInt(ID), ttlSeconds: clampInteger(TTL) };
}

export async function revokeLease(member: VirtualMember, id: bigint): Promise<'ok' | 'failed'> {
  const request = LeaseRevokeRequest.encode({ ID: wireLeaseId(id) }).finish();
  return (await member.call('/etcdserverpb.Lease/LeaseRevoke', request)).kind === 'ok' ? 'ok' : 'failed';
}

/** @returns a TTL of 0 for a missing lease */
export async function keepAlive(member: VirtualMember, id: bigint): Promise<LeaseResult> {
  const request = LeaseKeepAliveRequest.encode({ ID: wireLeaseId(id) }).finish();
  const result = await member.exchange('/etcdserverpb.Lease/LeaseKeepAlive', request);
  if (result.kind === 'error') return { kind: 'failed', message: result.status.message };
  return { kind: 'ok', id, ttlSeconds: clampInteger(LeaseKeepAliveResponse.decode(result.body).TTL) };
}

export interface TimeToLive {
  /** −1 for a missing lease. */
  readonly leftSeconds: number;
  readonly ttlSeconds: number;
  readonly keys: readonly string[];
}

export async function timeToLive(member: VirtualMember, id: bigint): Promise<TimeToLive | undefined> {
  const request = LeaseTimeToLiveRequest.encode({ ID: wireLeaseId(id), keys: true }).finish();
  const result = await member.call('/etcdserverpb.Lease/LeaseTimeToLive', request);
  if (result.kind === 'error') return undefined;
  const { TTL, grantedTTL, keys } = LeaseTimeToLiveResponse.decode(result.body);
  return {
    leftSeconds: clampInteger(TTL),
    ttlSeconds: clampInteger(grantedTTL),
    keys: keys.map((key) => Buffer.from(key).toString()),
  };
}

/** @param id the id of the lease, 0 for none */
export async function putLeased(member: VirtualMember, key: string, id: bigint): Promise<'ok' | 'failed'> {
  return (await putAttached(member, key, id)) === undefined ? 'failed' : 'ok';
}

/** @returns the revision; undefined without an answer, or after a refusal */
export async function putAttached(member: VirtualMember, key: string, id: bigint): Promise<number | undefined> {
  const request = PutRequest.encode({ key: Buffer.from(key), lease: wireLeaseId(id) }).finish();
  const result = await member.call('/etcdserverpb.KV/Put', request);
  return result.kind === 'ok' ? clampInteger(PutResponse.decode(result.body).header?.revision) : undefined;
}
