import { etcdserverpb, mvccpb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { nameOf, wordArgument } from '../calls/arguments.js';
import { invalidArgument } from '../errors.js';
import { KeyValue, toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { oneKey, toKeyRange } from '../keys/key-range.js';
import type { Bytes, KeyRange, RangeSelector } from '../keys/key-range.js';
import type { WatchResponse } from '../calls/methods.js';

/** What to watch, and how. */
export type WatchOptions = ({ readonly key: Bytes } | RangeSelector) & {
  /** The first revision whose events are wanted. Default: the one after that at which the watch begins. */
  readonly startRevision?: number;
  /** Events carry the version before. Default false. */
  readonly prevKv?: boolean;
  /** Events of these kinds are left out. */
  readonly filters?: readonly ('put' | 'delete')[];
  /** Now and then, where nothing happens, a batch without events says how far the watch is. Default false. */
  readonly progressNotify?: boolean;
  /** Ends the watch: what waits for an event rejects as `cancelled`. */
  readonly signal?: AbortSignal;
  /**
   * How long no member may be found that takes the watch up again, in ms, before it fails. Default: for ever. For it to
   * begin at all, the client's `timeoutMs` counts.
   */
  readonly reconnectMs?: number;
};

/** A key was written, or is gone. */
export type WatchEvent = PutEvent | DeleteEvent;

interface EventBase {
  readonly key: Buffer;
  /** Of the write: the same for all that one transaction did. */
  readonly revision: number;
  /** The version before that revision, where it was asked for, there was one, and it is not compacted. */
  readonly prevKv: KeyValue | undefined;
}

export interface PutEvent extends EventBase {
  readonly type: 'put';
  readonly kv: KeyValue;
}

export interface DeleteEvent extends EventBase {
  readonly type: 'delete';
}

/** Events of whole revisions, in order. */
export interface WatchBatch {
  /** None where the batch says no more than how far the watch is. */
  readonly events: readonly WatchEvent[];
  /** There is nothing up to this revision that has not been told. */
  readonly revision: number;
  /** Of the member's last response. */
  readonly header: Header;
}

type CreateRequest = etcdserverpb.WatchCreateRequest.$Properties;
const { NOPUT, NODELETE } = etcdserverpb.WatchCreateRequest.FilterType;
const FILTERS = { put: NOPUT, delete: NODELETE } as const;
const { EventType } = mvccpb.Event;

/** All but where it begins, which changes. @throws RaftKvError where the selection is none */
export function toCreateRequest(options: WatchOptions): CreateRequest {
  const { prevKv = false, filters = [] } = options;
  const { key, rangeEnd } = watched(options);
  return {
    key,
    rangeEnd,
    prevKv,
    // Where nothing is written for long, a watch that begins again must not ask for revisions that are compacted by then.
    progressNotify: true,
    filters: filters.map((kind) => wordArgument(kind, 'a filter', FILTERS)),
    // What it takes apart is put together again: no message need be larger than what a server sends otherwise.
    fragment: true,
  };
}

function watched(options: WatchOptions): KeyRange {
  const isObject = typeof options === 'object' && options !== null && !(options instanceof Uint8Array);
  if (!isObject)
    throw invalidArgument(`a watch is of { key }, { prefix }, { from, to } or { all }, not of ${nameOf(options)}`);
  if (!('key' in options)) return toKeyRange(options);
  if ('prefix' in options || 'from' in options || 'all' in options)
    throw invalidArgument('a watch is of a key or of a range, not of both');
  return oneKey(options.key);
}

/** @param from events of earlier revisions are left out: they were told before, or not asked for */
export function toBatch(responses: readonly WatchResponse[], from: number): WatchBatch {
  const events = responses
    .flatMap((response) => response.events)
    .map(toEvent)
    .filter(({ revision }) => revision >= from);
  const header = toHeader(responses.at(-1)?.header);
  // The header of events may be ahead of them: more of what it counts may be on its way.
  const revision = events.at(-1)?.revision ?? (responses.some((each) => each.events.length > 0) ? 0 : header.revision);
  return { events, revision, header };
}

function toEvent({ type, kv, prevKv }: mvccpb.Event.$Properties): WatchEvent {
  const base: EventBase = {
    key: asBuffer(kv?.key ?? EMPTY),
    revision: clampInteger(kv?.modRevision),
    prevKv: prevKv === undefined || prevKv === null ? undefined : new KeyValue(prevKv),
  };
  if ((type ?? EventType.PUT) === EventType.DELETE) return { type: 'delete', ...base };
  return { type: 'put', ...base, kv: new KeyValue(kv ?? {}) };
}
