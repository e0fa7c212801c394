import { etcdserverpb } from '../../gen/proto.js';
import { isEmptyRange, spanOf } from '../../kv/format/key-range.js';
import type { EventBatch } from '../../kv/watch/event-batch.js';
import type { WatchSpec } from '../../kv/watch/watcher.js';
import type { NodeFreshness } from '../../node/status.js';
import { tagOf, varintSizeBigInt, WIRE_VARINT, writeVarintBigInt } from '../../util/protobuf-wire.js';
import { EMPTY } from '../../util/bytes.js';
import { clampInteger, fromBigInt, toBigInt } from '../../util/integer.js';
import type { Headers } from '../requests/header.js';
import type { QueuedResponse } from './response-queue.js';

const { WatchCreateRequest, WatchResponse } = etcdserverpb;
const { FilterType } = WatchCreateRequest;
type WireId = NonNullable<etcdserverpb.WatchResponse.$Properties['watchId']>;

/** The watch id of responses without a watch: to a refused creation, and to a progress request. */
export const NO_WATCH = -1n;

/** Estimated overhead of a queued response beside its events, in bytes. */
const RESPONSE_OVERHEAD_BYTES = 128;
/** Room in a fragment for the fields around its events, in bytes, as in etcd. */
const ENVELOPE_BYTES = 512 * 1024;
/** The largest message that gRPC clients accept, in bytes. */
export const RESPONSE_BYTES_MAX = 2 ** 31 - 1 - 1024;

/** A decoded creation of a watch. */
export interface WatchCreation {
  /** Undefined if the range is empty. */
  readonly spec: WatchSpec | undefined;
  /** As in `spec`. Negative: to be refused, as etcd does before it looks at the range. */
  readonly startRevision: number;
  /** The requested keys, to be permitted. Valid for this turn only. */
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  /** Chosen by the client; 0 for one that the server chooses. */
  readonly watchId: bigint;
  /** Cost against the bounds on watches, which bound memory: a watch with keys of several KiB counts more than once. */
  readonly weight: number;
  readonly progressNotify: boolean;
  readonly fragment: boolean;
}

export function parseCreation(request: etcdserverpb.WatchCreateRequest.$Properties): WatchCreation {
  const { rangeEnd, filters, startRevision, prevKv, watchId, progressNotify, fragment } = request;
  // An empty key is the smallest key, at which a range over all keys begins.
  const key = request.key && request.key.length > 0 ? request.key : Uint8Array.of(0);
  const end = rangeEnd ?? EMPTY;
  const spec: WatchSpec = {
    keys: spanOf(key, end),
    startRevision: clampInteger(startRevision),
    prevKv: prevKv ?? false,
    puts: filters?.includes(FilterType.NOPUT) !== true,
    deletes: filters?.includes(FilterType.NODELETE) !== true,
  };
  return {
    spec: spec.keys.kind === 'range' && isEmptyRange(spec.keys.range) ? undefined : spec,
    startRevision: spec.startRevision,
    key,
    rangeEnd: end,
    watchId: toBigInt(watchId),
    weight: 1 + Math.floor((key.length + end.length) / 1024),
    progressNotify: progressNotify ?? false,
    fragment: fragment ?? false,
  };
}

/** A response without events. @param options.revision revision of the header; 0 for none */
export function control(
  headers: Headers,
  { revision, watchId, freshness, ...fields }: ControlHeader & ControlFields,
): QueuedResponse {
  const body = WatchResponse.encode({ watchId: fromBigInt(watchId) as WireId, ...fields }).finish();
  const message = headers.prepend(revision, body, freshness);
  return { bytes: message.length + RESPONSE_OVERHEAD_BYTES, pieces: 1, make: () => message };
}

interface ControlHeader {
  readonly revision: number;
  readonly watchId: bigint;
  /** Of the state at the revision, for a request that used an extension. */
  readonly freshness?: NodeFreshness | undefined;
}

type ControlFields = Pick<
  etcdserverpb.WatchResponse.$Properties,
  'created' | 'canceled' | 'compactRevision' | 'cancelReason'
>;

const WATCH_ID = tagOf(2, WIRE_VARINT);
const FRAGMENT = Buffer.from([tagOf(7, WIRE_VARINT), 1]);

export interface EventsOptions {
  readonly headers: Headers;
  readonly watchId: bigint;
  readonly batch: EventBatch;
  /** Approximate size of a fragment in bytes, if the client accepts fragments; undefined for whole responses. */
  readonly fragmentBytes: number | undefined;
}

/** A response with events, built when it is sent, from encoded events that all watches share. */
export function events({ headers, watchId, batch, fragmentBytes }: EventsOptions): QueuedResponse {
  const bytes = batch.bytes + RESPONSE_OVERHEAD_BYTES;
  const limit = (fragmentBytes ?? Number.POSITIVE_INFINITY) + ENVELOPE_BYTES;
  const message = (more: Uint8Array, part: Uint8Array): Uint8Array =>
    aroundEvents([headers.encode(batch.revision), more, part], watchId);
  if (bytes < limit || batch.events.length < 2) {
    return { bytes, pieces: 1, events: batch.events.length, make: () => message(EMPTY, batch.body()) };
  }
  const ends = fragmentEnds(batch, limit - RESPONSE_OVERHEAD_BYTES);
  return {
    bytes,
    pieces: ends.length,
    events: batch.events.length,
    make: (piece) => {
      const more = piece + 1 < ends.length ? FRAGMENT : EMPTY;
      return message(more, batch.slice(ends[piece - 1] ?? 0, ends[piece] ?? 0));
    },
  };
}

/** The id is the last field: protobuf allows any order. */
function aroundEvents(parts: readonly Uint8Array[], watchId: bigint): Uint8Array {
  const idBytes = watchId === 0n ? 0 : 1 + varintSizeBigInt(watchId);
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, idBytes));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  if (idBytes > 0) {
    bytes[at] = WATCH_ID;
    writeVarintBigInt(bytes, at + 1, watchId);
  }
  return bytes;
}

/**
 * End positions of the fragments. A fragment ends before the event that would make it too large, but has at least one.
 */
function fragmentEnds({ events: all, withPrevious }: EventBatch, limit: number): readonly number[] {
  const ends: number[] = [];
  let bytes = 0;
  for (const [at, event] of all.entries()) {
    const { length } = event.encoded(withPrevious);
    if (bytes > 0 && bytes + length >= limit) {
      ends.push(at);
      bytes = 0;
    }
    bytes += length;
  }
  return [...ends, all.length];
}
