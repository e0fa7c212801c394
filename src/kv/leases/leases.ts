import { raftkv, type etcdserverpb } from '../../gen/proto.js';
import type { EngineOperation, EngineReader } from '../../ports/engine.js';
import { clampInteger, fromBigInt, type WireInteger } from '../../util/integer.js';
import { leasedRange, leasedUserKey, leaseIdOf, leaseKey, Table, tableRange } from '../format/layout.js';
import { pagesOf } from '../state/row-pages.js';
import type { StateReader } from '../state/state-reader.js';

/** etcd's longest TTL. */
export const LEASE_TTL_MAX_SECONDS = 9_000_000_000;

/** A lease in the replicated state. Its time of expiry depends on clocks and is not part of that state. */
export interface Lease {
  /** Opaque; any 64 bits but 0. */
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** Index of the entry that granted it, which distinguishes leases with the same id. */
  readonly grantedIndex: number;
}

/** A lease that a command granted or revoked. */
export type LeaseChange =
  { readonly kind: 'granted'; readonly lease: Lease } | { readonly kind: 'revoked'; readonly lease: Lease };

/** All leases, in memory: the leader tracks when each expires. */
export class LeaseTable {
  readonly #leases = new Map<bigint, Lease>();
  #state: object = {};

  static async read(reader: EngineReader): Promise<LeaseTable> {
    const table = new LeaseTable();
    for await (const page of leasePages(reader)) for (const lease of page) table.#leases.set(lease.id, lease);
    return table;
  }

  get size(): number {
    return this.#leases.size;
  }

  get(id: bigint): Lease | undefined {
    return this.#leases.get(id);
  }

  /** Another object after each change of the leases, and for each table. */
  get state(): object {
    return this.#state;
  }

  /** In unspecified order. */
  all(): Iterable<Lease> {
    return this.#leases.values();
  }

  apply(changes: readonly LeaseChange[]): void {
    if (changes.length > 0) this.#state = {};
    for (const { kind, lease } of changes) {
      if (kind === 'granted') this.#leases.set(lease.id, lease);
      else this.#leases.delete(lease.id);
    }
  }
}

/** The stored leases, a page at a time. */
export async function* leasePages(reader: EngineReader): AsyncGenerator<readonly Lease[], void, undefined> {
  for await (const rows of pagesOf(reader, tableRange(Table.leases))) {
    yield rows.map(({ key, value }) => {
      const { ttl, grantedIndex } = raftkv.LeaseRecord.decode(value);
      return { id: leaseIdOf(key), ttlSeconds: clampInteger(ttl), grantedIndex: clampInteger(grantedIndex) };
    });
  }
}

export function leaseRow({ id, ttlSeconds, grantedIndex }: Lease): EngineOperation {
  const value = raftkv.LeaseRecord.encode({ ttl: ttlSeconds, grantedIndex }).finish();
  return { type: 'put', key: leaseKey(id), value };
}

/** The keys whose newest versions have the lease, in order, a page at a time. */
export async function* pagesOfKeys(
  reader: Pick<StateReader, 'cursor'>,
  id: bigint,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  for await (const rows of pagesOf(reader, leasedRange(id))) yield rows.map(({ key }) => leasedUserKey(key));
}

/** The same, all at once. @param pause awaited between pages */
export async function keysOfLease(
  reader: Pick<StateReader, 'cursor'>,
  id: bigint,
  pause: () => Promise<void>,
): Promise<readonly Uint8Array[]> {
  const keys: Uint8Array[] = [];
  for await (const page of pagesOfKeys(reader, id)) {
    if (keys.length > 0) await pause();
    for (const key of page) keys.push(key);
  }
  return keys;
}

/** An id as the codec takes it. The codec's type is a class of its own, of which it uses only the two halves. */
export function wireLeaseId(id: bigint): WireLeaseId {
  const wire: WireInteger = fromBigInt(id);
  return wire as WireLeaseId;
}

type WireLeaseId = Exclude<etcdserverpb.LeaseRevokeRequest.$Properties['ID'], number | null | undefined>;
