import { etcdserverpb } from '../../../src/gen/proto.js';
import { LEASE_SECONDS } from './requests.js';

/**
 * The semantics of etcd's key-value API, in the simplest form: the store is a list of all writes, and every read
 * replays it. Keys and values are latin1 text.
 */
const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;
const { CompareTarget } = etcdserverpb.Compare;

type RangeRequest = etcdserverpb.RangeRequest.$Properties;
type PutRequest = etcdserverpb.PutRequest.$Properties;
type DeleteRequest = etcdserverpb.DeleteRangeRequest.$Properties;
type TxnRequest = etcdserverpb.TxnRequest.$Properties;
type Compare = etcdserverpb.Compare.$Properties;

export interface ModelKeyValue {
  readonly key: string;
  readonly value: string;
  readonly create: number;
  readonly mod: number;
  readonly version: number;
  readonly lease: string;
}

interface Written {
  readonly revision: number;
  readonly key: string;
  /** Undefined if deleted. */
  readonly put: { readonly value: string; readonly lease: string } | undefined;
}

export interface ModelLease {
  readonly ttl: bigint;
  /** The command that granted it. */
  readonly granted: number;
}

/** A watch event of one write. */
export interface ModelEvent {
  readonly kind: 'put' | 'delete';
  readonly revision: number;
  readonly key: string;
  /** The value of a put. */
  readonly kv: ModelKeyValue | undefined;
  /** The version before the revision. */
  readonly prevKv: ModelKeyValue | undefined;
}

export class ModelError extends Error {}

export type ModelAnswer = Readonly<Record<string, unknown>>;

const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
const wide = (value: unknown): bigint => {
  if (value === undefined || value === null) return 0n;
  if (typeof value === 'number') return BigInt(value);
  const { low, high } = value as { low: number; high: number };
  return (BigInt(high | 0) << 32n) | BigInt(low >>> 0);
};

export class Model {
  revision = 1;
  compacted = -1;
  /** The revision of the last command. */
  index = 0;
  readonly leases: Map<string, ModelLease>;
  #log: Written[] = [];

  constructor(leases: readonly bigint[]) {
    this.leases = new Map(leases.map((id) => [String(id), { ttl: BigInt(LEASE_SECONDS), granted: 0 }]));
  }

  range(request: RangeRequest): ModelAnswer {
    return this.#range(request, this.#log, this.revision);
  }

  put(request: PutRequest): ModelAnswer {
    this.#needLease(request);
    this.#needKey(request);
    const answer = this.#put(request, this.#log, this.revision + 1);
    this.revision++;
    return answer;
  }

  deleteRange(request: DeleteRequest): ModelAnswer {
    const answer = this.#delete(request, this.#log, this.revision + 1);
    if (answer['deleted'] !== 0) this.revision++;
    return answer;
  }

  txn(request: TxnRequest): ModelAnswer {
    const taken = this.#taken(request);
    const flat = flatten(taken);
    const deletes: ((key: string) => boolean)[] = [];
    for (const op of flat) {
      if (op.requestDeleteRange) deletes.push(inRange(op.requestDeleteRange));
      if (!op.requestPut) continue;
      const { requestPut } = op;
      const building = requestPut.ignoreValue || requestPut.ignoreLease;
      if (building && deletes.some((covers) => covers(text(requestPut.key)))) throw new ModelError('key-not-found');
      this.#needKey(requestPut);
      this.#needLease(requestPut);
    }
    for (const { requestRange } of flat) {
      const revision = wide(requestRange?.revision);
      if (revision > BigInt(this.revision)) throw new ModelError('future-revision');
      if (revision !== 0n && revision < BigInt(this.compacted)) throw new ModelError('compacted');
    }
    const before = this.#log.length;
    const answer = this.#run(taken, before);
    if (this.#log.length > before) this.revision++;
    return answer;
  }

  /** All writes to the keys, in order. */
  events(keys: { key: Uint8Array; rangeEnd: Uint8Array }): readonly ModelEvent[] {
    return this.#log.flatMap(({ revision, key, put }, at): ModelEvent[] => {
      if (!inRange(keys)(key)) return [];
      const find = (log: readonly Written[]): ModelKeyValue | undefined => live(log).find((row) => row.key === key);
      const kv = put === undefined ? undefined : find(this.#log.slice(0, at + 1));
      const before = find(this.#log.filter((written) => written.revision < revision));
      const prevKv = kv?.create === revision ? undefined : before;
      return [{ kind: put === undefined ? 'delete' : 'put', revision, key, kv, prevKv }];
    });
  }

  compact(asked: bigint): ModelAnswer {
    if (asked <= BigInt(this.compacted)) throw new ModelError('compacted');
    if (asked > BigInt(this.revision)) throw new ModelError('future-revision');
    this.compacted = Number(asked);
    return {};
  }

  leaseGrant({ ID, TTL }: etcdserverpb.LeaseGrantRequest.$Properties): ModelAnswer {
    const id = String(wide(ID));
    const ttl = wide(TTL) < 1n ? 1n : wide(TTL);
    if (id === '0') throw new ModelError('lease-not-found');
    if (ttl > 9_000_000_000n) throw new ModelError('lease-ttl-too-large');
    if (this.leases.has(id)) throw new ModelError('lease-exists');
    this.leases.set(id, { ttl, granted: this.index });
    return { id, ttl };
  }

  leaseRevoke(id: bigint): ModelAnswer {
    if (!this.leases.delete(String(id))) throw new ModelError('lease-not-found');
    const attached = this.keysOfLease(id);
    for (const key of attached) this.#log.push({ revision: this.revision + 1, key, put: undefined });
    if (attached.length > 0) this.revision++;
    return {};
  }

  /** @param decided.sameTerm whether the deciding leader has proposed the command itself */
  leaseExpire(id: bigint, decided: { readonly sameTerm: boolean; readonly grantedIndex: number }): ModelAnswer {
    if (!decided.sameTerm) throw new ModelError('lease-expiry-void');
    if (this.leases.get(String(id))?.granted !== decided.grantedIndex) throw new ModelError('lease-not-found');
    return this.leaseRevoke(id);
  }

  keysOfLease(id: bigint): readonly string[] {
    const attached = live(this.#log).filter(({ lease }) => lease === String(id));
    return attached.map(({ key }) => key);
  }

  #run(taken: Taken, before: number): ModelAnswer {
    const responses = taken.ops.map((op): unknown => {
      const next = this.revision + 1;
      const now = (): number => (this.#log.length > before ? next : this.revision);
      if ('taken' in op) return { txn: { header: 0, ...this.#run(op.taken, before) } };
      if (op.requestRange) return { range: { ...this.#range(op.requestRange, this.#log, now()), header: now() } };
      if (op.requestPut) return { put: { ...this.#put(op.requestPut, this.#log, next), header: now() } };
      if (op.requestDeleteRange) {
        return { delete: { ...this.#delete(op.requestDeleteRange, this.#log, next), header: now() } };
      }
      throw new Error('an empty operation');
    });
    return { succeeded: taken.succeeded, responses };
  }

  #taken(request: TxnRequest): Taken {
    const succeeded = (request.compare ?? []).every((compare) => this.#holds(compare));
    const ops = ((succeeded ? request.success : request.failure) ?? []).map((op) =>
      op.requestTxn ? { taken: this.#taken(op.requestTxn) } : op,
    );
    return { succeeded, ops };
  }

  #holds(compare: Compare): boolean {
    const found = live(this.#log).filter(({ key }) => inRange(compare)(key));
    if (found.length === 0) {
      if (compare.target === CompareTarget.VALUE) return false;
      return holds(compare, { key: '', value: '', create: 0, mod: 0, version: 0, lease: '0' });
    }
    return found.every((keyValue) => holds(compare, keyValue));
  }

  #range(request: RangeRequest, log: readonly Written[], current: number): ModelAnswer {
    let revision = wide(request.revision);
    if (revision > BigInt(current)) throw new ModelError('future-revision');
    if (revision <= 0n) revision = BigInt(current);
    if (revision < BigInt(this.compacted)) throw new ModelError('compacted');
    const visible = live(log.filter((written) => BigInt(written.revision) <= revision));
    const inside = visible.filter(({ key }) => inRange(request)(key));
    if (request.countOnly) return { kvs: [], more: false, count: inside.length };
    const order = request.sortOrder ?? SortOrder.NONE;
    const target = request.sortTarget ?? SortTarget.KEY;
    const limit = wide(request.limit);
    const bounds = [
      request.minModRevision,
      request.maxModRevision,
      request.minCreateRevision,
      request.maxCreateRevision,
    ];
    const [minMod, maxMod, minCreate, maxCreate] = bounds.map(wide) as [bigint, bigint, bigint, bigint];
    let rows = inside;
    if (order === SortOrder.NONE && bounds.every((bound) => wide(bound) === 0n) && limit > 0n) {
      rows = rows.filter((_, index) => BigInt(index) <= limit);
    }
    rows = rows.filter(
      ({ mod, create }) =>
        (minMod === 0n || BigInt(mod) >= minMod) &&
        (maxMod === 0n || BigInt(mod) <= maxMod) &&
        (minCreate === 0n || BigInt(create) >= minCreate) &&
        (maxCreate === 0n || BigInt(create) <= maxCreate),
    );
    const by = (['key', 'version', 'create', 'mod', 'value'] as const)[target] ?? 'key';
    const ascending = (left: ModelKeyValue, right: ModelKeyValue): number =>
      left[by] === right[by] ? 0 : left[by] < right[by] ? -1 : 1;
    if (order === SortOrder.DESCEND) rows = [...rows].sort((left, right) => ascending(right, left));
    else if (target !== SortTarget.KEY) rows = [...rows].sort(ascending);
    const more = limit > 0n && BigInt(rows.length) > limit;
    if (more) rows = rows.slice(0, Number(limit));
    const kvs = rows.map((row) => (request.keysOnly ? { ...row, value: '' } : row));
    return { kvs, more, count: inside.length };
  }

  #put(request: PutRequest, log: Written[], revision: number): ModelAnswer {
    const key = text(request.key);
    const previous = live(log).find((row) => row.key === key);
    const value = request.ignoreValue ? (previous?.value ?? '') : text(request.value);
    const lease = request.ignoreLease ? (previous?.lease ?? '0') : String(wide(request.lease));
    log.push({ revision, key, put: { value, lease } });
    return { prevKv: request.prevKv ? previous : undefined };
  }

  #delete(request: DeleteRequest, log: Written[], revision: number): ModelAnswer {
    const gone = live(log).filter(({ key }) => inRange(request)(key));
    for (const { key } of gone) log.push({ revision, key, put: undefined });
    return { deleted: gone.length, prevKvs: request.prevKv ? gone : [] };
  }

  #needLease({ lease }: PutRequest): void {
    if (wide(lease) !== 0n && !this.leases.has(String(wide(lease)))) throw new ModelError('lease-not-found');
  }

  #needKey({ key, ignoreLease, ignoreValue }: PutRequest): void {
    if (!ignoreLease && !ignoreValue) return;
    if (!live(this.#log).some((row) => row.key === text(key))) throw new ModelError('key-not-found');
  }
}

interface Taken {
  readonly succeeded: boolean;
  readonly ops: readonly (etcdserverpb.RequestOp.$Properties | { readonly taken: Taken })[];
}

function flatten({ ops }: Taken): readonly etcdserverpb.RequestOp.$Properties[] {
  return ops.flatMap((op) => ('taken' in op ? flatten(op.taken) : [op]));
}

function live(log: readonly Written[]): readonly ModelKeyValue[] {
  const rows = new Map<string, ModelKeyValue>();
  for (const { revision, key, put } of log) {
    const known = rows.get(key);
    if (put === undefined) rows.delete(key);
    else {
      const version = (known?.version ?? 0) + 1;
      rows.set(key, {
        key,
        value: put.value,
        create: known?.create ?? revision,
        mod: revision,
        version,
        lease: put.lease,
      });
    }
  }
  return [...rows.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
}

function inRange(request: { key?: Uint8Array | null; rangeEnd?: Uint8Array | null }): (key: string) => boolean {
  const start = text(request.key);
  const end = text(request.rangeEnd);
  if (end === '') return (key) => key === start;
  if (end === '\0') return (key) => key >= start;
  return (key) => key >= start && key < end;
}

function holds(compare: Compare, row: ModelKeyValue): boolean {
  const sides: Readonly<Record<number, readonly [bigint | string, bigint | string]>> = {
    0: [BigInt(row.version), wide(compare.version)],
    1: [BigInt(row.create), wide(compare.createRevision)],
    2: [BigInt(row.mod), wide(compare.modRevision)],
    3: [row.value, text(compare.value)],
    4: [BigInt(row.lease), wide(compare.lease)],
  };
  const [left, right] = sides[compare.target ?? 0] ?? ['', ''];
  const results = [left === right, left > right, left < right, left !== right];
  return results[compare.result ?? 0] ?? true;
}
