import { RaftKvError } from '../../../../src/client/index.js';
import type { ErrorCode } from '../../../../src/client/index.js';
import { etcdserverpb } from '../../../../src/gen/proto.js';
import type { mvccpb } from '../../../../src/gen/proto.js';
import { bytesToLatin1, EMPTY } from '../../../../src/util/bytes.js';
import { clampInteger, toBigInt } from '../../../../src/util/integer.js';

type Operation = etcdserverpb.RequestOp.$Properties;
type Answer = etcdserverpb.ResponseOp.$Properties;
type Row = mvccpb.KeyValue.$Properties;
type Range = { readonly key?: Uint8Array | null; readonly rangeEnd?: Uint8Array | null };

/** A change of a key. */
export interface Change {
  readonly revision: number;
  readonly timeMs: number;
  readonly key: string;
  /** Undefined: deleted. */
  readonly kv: Row | undefined;
  readonly prev: Row | undefined;
}

interface FakeLease {
  readonly ttlSeconds: number;
  /** Infinity while a client renews it in the background. */
  endMs: number;
  readonly keys: Set<string>;
}

/** What the store does wrong. */
export type Defect = 'lost-writes' | 'early-expiry' | 'lost-events' | 'late-revocation' | 'early-progress';

export function refusal(
  code: ErrorCode,
  message: string,
  more: { readonly compactRevision?: number } = {},
): RaftKvError {
  return new RaftKvError({ code, message, fate: 'not-applied', retryable: false, ...more });
}

/** The data of a cluster, in memory. Its calls take effect at once and one after the other. */
export class FakeStore {
  revision = 1;
  compacted = 0;
  readonly defect: Defect | undefined;
  readonly changes: Change[] = [];
  readonly rows = new Map<string, Row>();
  readonly leases = new Map<bigint, FakeLease>();
  readonly #nowMs: () => number;
  #leaseIds = 1n;
  #writes = 0;

  constructor(nowMs: () => number, defect?: Defect) {
    this.#nowMs = nowMs;
    this.defect = defect;
  }

  /** The store as it was at a revision. */
  at(revision: number): FakeStore {
    const store = new FakeStore(this.#nowMs);
    store.revision = revision;
    for (const change of this.changes) {
      if (change.revision > revision) break;
      store.changes.push(change);
      if (change.kv === undefined) store.rows.delete(change.key);
      else store.rows.set(change.key, change.kv);
    }
    return store;
  }

  /** The revision at an earlier time. */
  revisionAt(timeMs: number): number {
    return this.changes.findLast((change) => change.timeMs <= timeMs)?.revision ?? 1;
  }

  transact({ compare, success, failure }: etcdserverpb.TxnRequest.$Properties): etcdserverpb.TxnResponse.$Properties {
    this.#expire();
    const succeeded = (compare ?? []).every((each) => this.#holds(each));
    return { succeeded, responses: this.apply((succeeded ? success : failure) ?? []) };
  }

  apply(operations: readonly Operation[]): Answer[] {
    this.#expire();
    for (const { requestPut } of operations) {
      const lease = toBigInt(requestPut?.lease);
      if (lease !== 0n && !this.leases.has(lease)) throw refusal('not-found', 'etcdserver: requested lease not found');
    }
    const before = this.changes.length;
    const answers = operations.map((operation) => this.#applyOne(operation, this.revision + 1));
    if (this.changes.length > before) this.revision += 1;
    return answers;
  }

  grant(ttlSeconds: number): bigint {
    const id = this.#leaseIds++;
    this.leases.set(id, { ttlSeconds, endMs: this.#endOf(ttlSeconds), keys: new Set() });
    return id;
  }

  /** @returns the TTL; 0 if there is no such lease */
  renew(id: bigint): number {
    this.#expire();
    const lease = this.leases.get(id);
    if (lease === undefined) return 0;
    lease.endMs = Math.max(lease.endMs, this.#endOf(lease.ttlSeconds));
    return lease.ttlSeconds;
  }

  /** Renews a lease without end, or no more. */
  hold(id: bigint, isHeld: boolean): void {
    const lease = this.leases.get(id);
    if (lease === undefined) return;
    lease.endMs = isHeld && this.defect !== 'early-expiry' ? Infinity : this.#endOf(lease.ttlSeconds);
  }

  revoke(id: bigint): void {
    this.#expire();
    const lease = this.leases.get(id);
    if (lease === undefined) throw refusal('not-found', 'etcdserver: requested lease not found');
    this.#end(id, lease);
  }

  header(): etcdserverpb.ResponseHeader.$Properties {
    return { clusterId: 1, memberId: 2, revision: this.revision, raftTerm: 3 };
  }

  #endOf(ttlSeconds: number): number {
    return this.#nowMs() + (this.defect === 'early-expiry' ? 20 : ttlSeconds * 1000);
  }

  #expire(): void {
    for (const [id, lease] of this.leases) if (lease.endMs < this.#nowMs()) this.#end(id, lease);
  }

  #end(id: bigint, lease: FakeLease): void {
    this.leases.delete(id);
    if (lease.keys.size === 0) return;
    for (const key of lease.keys) this.#record(key, undefined, this.revision + 1);
    this.revision += 1;
  }

  #applyOne({ requestRange, requestPut, requestDeleteRange }: Operation, revision: number): Answer {
    if (requestPut) return { responsePut: this.#put(requestPut, revision) };
    if (requestDeleteRange) {
      const found = this.#range(requestDeleteRange);
      for (const { key } of found) this.#record(bytesToLatin1(key ?? EMPTY), undefined, revision);
      return { responseDeleteRange: { deleted: found.length, prevKvs: found } };
    }
    const found = this.#range(requestRange ?? {});
    if ((requestRange?.sortTarget ?? 0) === etcdserverpb.RangeRequest.SortTarget.CREATE) {
      found.sort((one, other) => clampInteger(one.createRevision) - clampInteger(other.createRevision));
    }
    const limit = clampInteger(requestRange?.limit);
    const kvs = limit === 0 ? found : found.slice(0, limit);
    return { responseRange: { kvs, count: found.length, more: kvs.length < found.length } };
  }

  #put(
    { key, value, lease }: etcdserverpb.PutRequest.$Properties,
    revision: number,
  ): etcdserverpb.PutResponse.$Properties {
    const name = bytesToLatin1(key ?? EMPTY);
    const before = this.rows.get(name);
    this.#writes += 1;
    if (this.defect === 'lost-writes' && this.#writes % 40 === 0) {
      // It is acknowledged, and later reads find the version before it.
      if (before !== undefined) this.#record(name, { ...before, modRevision: revision }, revision);
      return { prevKv: before ?? null };
    }
    this.leases.get(toBigInt(lease))?.keys.add(name);
    const version = clampInteger(before?.version) + 1;
    const createRevision = before?.createRevision ?? revision;
    const row = {
      key: key ?? EMPTY,
      value: value ?? EMPTY,
      version,
      createRevision,
      modRevision: revision,
      lease: lease ?? 0,
    };
    this.#record(name, row, revision);
    return { prevKv: before ?? null };
  }

  #record(key: string, kv: Row | undefined, revision: number): void {
    const prev = this.rows.get(key);
    if (kv === undefined && prev === undefined) return;
    if (kv === undefined) this.rows.delete(key);
    else this.rows.set(key, kv);
    this.changes.push({ revision, timeMs: this.#nowMs(), key, kv, prev });
  }

  #range({ key, rangeEnd }: Range): Row[] {
    const from = bytesToLatin1(key ?? EMPTY);
    const to = bytesToLatin1(rangeEnd ?? EMPTY);
    const names = [...this.rows.keys()].filter((name) => (to === '' ? name === from : name >= from && name < to));
    return names.sort().flatMap((name) => this.rows.get(name) ?? []);
  }

  #holds({ key, target, version, modRevision, result }: etcdserverpb.Compare.$Properties): boolean {
    if ((result ?? 0) !== etcdserverpb.Compare.CompareResult.EQUAL) throw new Error('the fake compares for equality');
    const row = this.rows.get(bytesToLatin1(key ?? EMPTY));
    const isVersion = (target ?? 0) === etcdserverpb.Compare.CompareTarget.VERSION;
    return isVersion
      ? clampInteger(row?.version) === clampInteger(version)
      : clampInteger(row?.modRevision) === clampInteger(modRevision);
  }
}
