import type { etcdserverpb } from '../gen/proto.js';
import { asBuffer } from '../util/bytes.js';
import { clampInteger, toBigInt } from '../util/integer.js';
import { toHeader } from './key-value.js';
import type { Header } from './key-value.js';
import { toWire } from './writes.js';

export interface LeaseGrantResult {
  readonly id: bigint;
  /** As the server grants it: it has a shortest one. */
  readonly ttlSeconds: number;
  readonly header: Header;
}

export interface LeaseKeepAliveResult {
  readonly id: bigint;
  /** The lease has so much time anew, in seconds; 0: there is none, or not any more. */
  readonly ttlSeconds: number;
  readonly header: Header;
}

export interface LeaseTimeToLiveResult {
  readonly id: bigint;
  /** What is left of it, in seconds; −1: there is no such lease, or not any more. */
  readonly leftSeconds: number;
  /** What it was granted for; 0 where there is none. */
  readonly ttlSeconds: number;
  /** The keys that are attached to it, where they were asked for. */
  readonly keys: readonly Buffer[];
  readonly header: Header;
}

export interface LeaseListResult {
  /** The ids of all leases. */
  readonly ids: readonly bigint[];
  readonly header: Header;
}

export function grantRequest(ttlSeconds: number, id: bigint): etcdserverpb.LeaseGrantRequest.$Properties {
  return { TTL: ttlSeconds, ID: toWire(id) };
}

export function toGrant({ ID, TTL, header }: etcdserverpb.LeaseGrantResponse.$Properties): LeaseGrantResult {
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
