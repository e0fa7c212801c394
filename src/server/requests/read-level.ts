import { etcdserverpb } from '../../gen/proto.js';
import type { NodeFreshness } from '../../node/status.js';
import type { CallContext, Trailers } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { clampInteger, type WireInteger } from '../../util/integer.js';
import { invalidExtension } from './errors.js';
import { freshnessFields } from './header.js';

/** The freshness that a read requires, and where to report that of its answer. */
export interface ReadOptions {
  readonly level: 'default' | 'consistent' | 'stale';
  /** Upper bound on the age of the state, in ms; undefined for none. */
  readonly maxStalenessMs: number | undefined;
  /** Smallest revision to read at; 0 for any. */
  readonly atLeastRevision: number;
  /** The request set an extension field, so the response header reports the freshness. */
  readonly extended: boolean;
  /** The request set metadata, so the trailers report it. */
  readonly trailers: boolean;
}

/** The options of a plain etcd read, without the level. */
export const PLAIN_READ: Omit<ReadOptions, 'level'> = {
  maxStalenessMs: undefined,
  atLeastRevision: 0,
  extended: false,
  trailers: false,
};

/** The extension fields of RangeRequest and TxnRequest. */
export interface ReadFields {
  readonly serializable?: boolean;
  readonly readLevel: etcdserverpb.ReadLevel;
  readonly maxStalenessMs: WireInteger;
  readonly atLeastRevision: WireInteger;
}

const { ReadLevel } = etcdserverpb;

/** Metadata keys for clients that cannot set the fields. */
const METADATA = {
  level: 'raftkv-read-level',
  maxStaleness: 'raftkv-max-staleness-ms',
  atLeast: 'raftkv-at-least-revision',
} as const;
const METADATA_NAMES = Object.values(METADATA);

type Parsed<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'error'; readonly status: Status };

/** The options of requests without extensions. */
const CONSISTENT: Parsed<ReadOptions> = { kind: 'ok', value: { ...PLAIN_READ, level: 'consistent' } };
const STALE: Parsed<ReadOptions> = { kind: 'ok', value: { ...PLAIN_READ, level: 'stale' } };

/** Fields take precedence over metadata. Otherwise etcd's meaning: linearizable, or local with `serializable`. */
export function readOptions(call: CallContext, fields: ReadFields): Parsed<ReadOptions> {
  if (!isExtended(call, fields)) return fields.serializable === true ? STALE : CONSISTENT;
  const named = levelByName(call.metadata(METADATA.level));
  if (named.kind === 'error') return named;
  const staleness = integerOf(METADATA.maxStaleness, fields.maxStalenessMs, call);
  if (staleness.kind === 'error') return staleness;
  const atLeast = integerOf(METADATA.atLeast, fields.atLeastRevision, call);
  if (atLeast.kind === 'error') return atLeast;
  const byField = levelByNumber(fields.readLevel);
  if (byField.kind === 'error') return byField;

  const level = byField.value ?? named.value ?? (fields.serializable === true ? 'stale' : 'consistent');
  if (staleness.value.number !== 0 && level !== 'stale') {
    return { kind: 'error', status: invalidExtension('max_staleness_ms needs the read level STALE') };
  }
  return {
    kind: 'ok',
    value: {
      level,
      maxStalenessMs: staleness.value.number === 0 ? undefined : staleness.value.number,
      atLeastRevision: atLeast.value.number,
      extended: byField.value !== undefined || staleness.value.from === 'field' || atLeast.value.from === 'field',
      trailers: named.value !== undefined || staleness.value.from === 'metadata' || atLeast.value.from === 'metadata',
    },
  };
}

function isExtended(call: CallContext, { readLevel, maxStalenessMs, atLeastRevision }: ReadFields): boolean {
  if (readLevel !== ReadLevel.UNSPECIFIED || clampInteger(maxStalenessMs) !== 0) return true;
  if (clampInteger(atLeastRevision) !== 0) return true;
  for (const name of METADATA_NAMES) if (call.metadata(name) !== undefined) return true;
  return false;
}

/** The freshness fields of the header, as trailers. */
export function freshnessTrailers(freshness: NodeFreshness): Trailers {
  const { appliedIndex, knownLeader, lastContactMs, stalenessMs } = freshnessFields(freshness);
  return {
    'raftkv-applied-index': String(appliedIndex),
    'raftkv-known-leader': String(knownLeader),
    ...(lastContactMs === undefined ? {} : { 'raftkv-last-contact-ms': String(lastContactMs) }),
    ...(stalenessMs === undefined ? {} : { 'raftkv-staleness-ms': String(stalenessMs) }),
  };
}

function levelByNumber(level: etcdserverpb.ReadLevel): Parsed<ReadOptions['level'] | undefined> {
  switch (level) {
    case ReadLevel.UNSPECIFIED:
      return { kind: 'ok', value: undefined };
    case ReadLevel.DEFAULT:
      return { kind: 'ok', value: 'default' };
    case ReadLevel.CONSISTENT:
      return { kind: 'ok', value: 'consistent' };
    case ReadLevel.STALE:
      return { kind: 'ok', value: 'stale' };
    default:
      return { kind: 'error', status: invalidExtension(`unknown read level ${String(level)}`) };
  }
}

function levelByName(name: string | undefined): Parsed<ReadOptions['level'] | undefined> {
  if (name === undefined || name === '') return { kind: 'ok', value: undefined };
  const lower = name.toLowerCase();
  if (lower === 'default' || lower === 'consistent' || lower === 'stale') return { kind: 'ok', value: lower };
  return { kind: 'error', status: invalidExtension(`${METADATA.level}: must be default, consistent or stale`) };
}

interface Given {
  readonly number: number;
  readonly from: 'field' | 'metadata' | 'nowhere';
}

function integerOf(name: string, field: WireInteger, call: CallContext): Parsed<Given> {
  const byField = clampInteger(field);
  const text = call.metadata(name);
  if (byField === 0 && (text === undefined || text === ''))
    return { kind: 'ok', value: { number: 0, from: 'nowhere' } };
  const number = byField === 0 ? Number(text) : byField;
  if (!Number.isInteger(number) || number < 0) {
    return { kind: 'error', status: invalidExtension(`${name}: must be a whole number from 0`) };
  }
  return { kind: 'ok', value: { number, from: byField === 0 ? 'metadata' : 'field' } };
}
