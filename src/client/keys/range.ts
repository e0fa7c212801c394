import { etcdserverpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import { integerArgument, wordArgument } from '../calls/arguments.js';
import { invalidArgument } from '../errors.js';
import { KeyValue } from './key-value.js';
import type { Header } from './key-value.js';
import type { KeyRange } from './key-range.js';

/**
 * The consistency of a read.
 * - `consistent`: linearizable under any clock behaviour; takes a quorum round
 * - `default`: linearizable while the members' clocks run at nearly the same rate; usually without a round
 * - `stale`: the state of the member asked, with or without a leader
 *
 * etcd has two levels: it serves the first two as linearizable, and the third as serializable.
 */
export type Consistency = 'default' | 'consistent' | 'stale';

export interface ReadOptions {
  readonly consistency?: Consistency;
  /** With `stale`: greatest age of the answer, in ms. A member that cannot guarantee it refuses. */
  readonly maxStalenessMs?: number;
  /** Waits until the member has applied this revision, as for reading one's own writes at any member. */
  readonly atLeastRevision?: number;
}

export interface GetOptions extends ReadOptions {
  /** Reads at this revision; 0, the default, is the newest. */
  readonly revision?: number;
  readonly keysOnly?: boolean;
}

export type SortTarget = 'key' | 'version' | 'create' | 'mod' | 'value';
export type SortOrder = 'ascend' | 'descend';

export interface RangeOptions extends GetOptions {
  /** Greatest number of keys to return; 0, the default, means all. */
  readonly limit?: number;
  readonly countOnly?: boolean;
  readonly sort?: { readonly by: SortTarget; readonly order?: SortOrder };
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface GetBody {
  /** Undefined if the key is absent. */
  readonly kv: KeyValue | undefined;
}

export interface RangeBody {
  readonly kvs: readonly KeyValue[];
  /** The number of keys in the range, regardless of `limit`. */
  readonly count: number;
  /** Whether `limit` left out some keys. */
  readonly more: boolean;
}

export type GetResult = GetBody & { readonly header: Header };
export type RangeResult = RangeBody & { readonly header: Header };

const { SortOrder: WireOrder, SortTarget: WireTarget } = etcdserverpb.RangeRequest;
const SORT_TARGETS = {
  key: WireTarget.KEY,
  version: WireTarget.VERSION,
  create: WireTarget.CREATE,
  mod: WireTarget.MOD,
  value: WireTarget.VALUE,
} as const;
const SORT_ORDERS = { ascend: WireOrder.ASCEND, descend: WireOrder.DESCEND } as const;
const LEVELS = {
  default: etcdserverpb.ReadLevel.DEFAULT,
  consistent: etcdserverpb.ReadLevel.CONSISTENT,
  stale: etcdserverpb.ReadLevel.STALE,
} as const;

export interface ReadLevelFields {
  readonly readLevel: etcdserverpb.ReadLevel;
  readonly maxStalenessMs: number;
  readonly atLeastRevision: number;
}

/** The fields for the consistency of a range or a transaction. @throws RaftKvError `invalid-argument` */
export function readLevelFields(options: ReadOptions, fallback: Consistency): ReadLevelFields {
  const consistency = options.consistency ?? fallback;
  if (options.maxStalenessMs !== undefined && consistency !== 'stale') {
    throw invalidArgument('maxStalenessMs requires the consistency "stale"');
  }
  return {
    readLevel: wordArgument(consistency, 'the consistency', LEVELS),
    maxStalenessMs: integerArgument(options.maxStalenessMs ?? 0, 'maxStalenessMs', 0),
    atLeastRevision: integerArgument(options.atLeastRevision ?? 0, 'atLeastRevision', 0),
  };
}

/** The options of a range that are integers from 0 on, under the names of their fields. */
const INTEGERS = [
  'limit',
  'revision',
  'minModRevision',
  'maxModRevision',
  'minCreateRevision',
  'maxCreateRevision',
] as const satisfies readonly (keyof RangeOptions & keyof etcdserverpb.RangeRequest.$Properties)[];

/** A range without a consistency, as an operation of a transaction. Only options that are given become fields. */
export function rangeRequest(
  { key, rangeEnd }: KeyRange,
  options: RangeOptions,
): etcdserverpb.RangeRequest.$Properties {
  const request: etcdserverpb.RangeRequest.$Properties = { key, rangeEnd };
  for (const name of INTEGERS) {
    const value = options[name];
    if (value !== undefined) request[name] = integerArgument(value, name, 0);
  }
  const { keysOnly, countOnly, sort } = options;
  if (keysOnly !== undefined) request.keysOnly = keysOnly;
  if (countOnly !== undefined) request.countOnly = countOnly;
  if (sort !== undefined) {
    request.sortTarget = wordArgument(sort.by ?? 'key', 'sort.by', SORT_TARGETS);
    request.sortOrder = wordArgument(sort.order ?? 'ascend', 'sort.order', SORT_ORDERS);
  }
  return request;
}

/** A range as a call of its own. */
export function levelledRange(
  range: KeyRange,
  options: RangeOptions,
  fallback: Consistency,
): etcdserverpb.RangeRequest.$Properties {
  const level = readLevelFields(options, fallback);
  // The closest level of a server that does not know ours.
  const serializable = level.readLevel === LEVELS.stale;
  return Object.assign(rangeRequest(range, options), level, { serializable });
}

export function toRangeBody(wire: etcdserverpb.RangeResponse.$Properties): RangeBody {
  return {
    kvs: (wire.kvs ?? []).map((kv) => new KeyValue(kv)),
    count: clampInteger(wire.count),
    more: wire.more ?? false,
  };
}

export function toGetBody(wire: etcdserverpb.RangeResponse.$Properties): GetBody {
  const kv = wire.kvs?.[0];
  return { kv: kv === undefined ? undefined : new KeyValue(kv) };
}
