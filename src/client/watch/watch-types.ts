import { etcdserverpb, mvccpb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { nameOf, wordArgument } from '../calls/arguments.js';
import { invalidArgument } from '../errors.js';
import { KeyValue, toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { oneKey, toKeyRange } from '../keys/key-range.js';
import type { Bytes, KeyRange, RangeSelector } from '../keys/key-range.js';
import type { WatchResponse } from '../calls/methods.js';

/** One key, or a range. */
export type WatchedKeys = { readonly key: Bytes } | RangeSelector;

/** The keys to watch, and how. */
export type WatchOptions = WatchedKeys & {
  /** The first revision whose events are delivered. Default: the one after the revision at which the watch is created. */
  readonly startRevision?: number;
  /** Deliver the previous version of the key with each event. Default false. */
  readonly prevKv?: boolean;
  /** Kinds of events to leave out. */
  readonly filters?: readonly ('put' | 'delete')[];
  /** Deliver a batch without events from time to time while nothing changes, with the revision reached. Default false. */
  readonly progressNotify?: boolean;
  /** Ends the watch; pending reads reject as `cancelled`. */
  readonly signal?: AbortSignal;
  /**
   * After an interruption, how long to look for a member that resumes the watch before it fails, in ms. Default: without
   * limit. The first creation is limited by the client's `timeoutMs` and `unreachableMs`.
   */
  readonly reconnectMs?: number;
};

/** A key was written or deleted. */
export type WatchEvent = PutEvent | DeleteEvent;

interface EventBase {
  readonly key: Buffer;
  /** The revision of the write, which all writes of a transaction share. */
  readonly revision: number;
  /** The previous version of the key, if requested, if there was one, and unless it is compacted. */
  readonly prevKv: KeyValue | undefined;
}

export interface PutEvent extends EventBase {
  readonly type: 'put';
  readonly kv: KeyValue;
}

export interface DeleteEvent extends EventBase {
  readonly type: 'delete';
}

/** The events of one or more whole revisions, in order. */
export interface WatchBatch {
  /** Empty in a progress notification. */
  readonly events: readonly WatchEvent[];
  /** All events up to this revision have been delivered. */
  readonly revision: number;
  /** The header of the member's last response. */
  readonly header: Header;
}

/** What a part of the client that owns a watch learns of its sessions. */
export interface WatchHooks {
  /** A member has created the watch, the first or after an interruption. */
  readonly onCreated?: (header: Header) => void;
  /** There is no session for the moment, or no more. */
  readonly onInterrupted?: () => void;
  /** A progress request was sent again in the same session, which may answer both. */
  readonly onRepeated?: () => void;
}

type CreateRequest = etcdserverpb.WatchCreateRequest.$Properties;
const { NOPUT, NODELETE } = etcdserverpb.WatchCreateRequest.FilterType;
const FILTERS = { put: NOPUT, delete: NODELETE } as const;
const { EventType } = mvccpb.Event;

/** The request to create the watch, without its start revision. @throws RaftKvError `invalid-argument` */
export function toCreateRequest(options: WatchOptions): CreateRequest {
  const { prevKv = false, filters = [] } = options;
  const { key, rangeEnd } = watchedRange(options);
  return {
    key,
    rangeEnd,
    prevKv,
    // Progress keeps the resume revision of a quiet watch ahead of compaction.
    progressNotify: true,
    filters: filters.map((kind) => wordArgument(kind, 'a filter', FILTERS)),
    // The session reassembles fragments, so no revision is too large for a message.
    fragment: true,
  };
}

/** @throws RaftKvError `invalid-argument` */
export function watchedRange(options: WatchedKeys): KeyRange {
  const isObject = typeof options === 'object' && options !== null && !(options instanceof Uint8Array);
  if (!isObject)
    throw invalidArgument(`a watch takes { key }, { prefix }, { from, to } or { all }, not ${nameOf(options)}`);
  if (!('key' in options)) return toKeyRange(options);
  if ('prefix' in options || 'from' in options || 'all' in options)
    throw invalidArgument('a watch takes a key or a range, not both');
  return oneKey(options.key);
}

/** @param from leaves out events of earlier revisions, which were delivered before or not requested */
export function toBatch(responses: readonly WatchResponse[], from: number): WatchBatch {
  const events = responses
    .flatMap((response) => response.events)
    .map(toEvent)
    .filter(({ revision }) => revision >= from);
  const header = toHeader(responses.at(-1)?.header);
  // The header of a response with events may be ahead of them: events up to its revision may still be on their way.
  const revision = events.at(-1)?.revision ?? (responses.some((each) => each.events.length > 0) ? 0 : header.revision);
  return { events, revision, header };
}

export function toEvent({ type, kv, prevKv }: mvccpb.Event.$Properties): WatchEvent {
  const base: EventBase = {
    key: asBuffer(kv?.key ?? EMPTY),
    revision: clampInteger(kv?.modRevision),
    prevKv: prevKv === undefined || prevKv === null ? undefined : new KeyValue(prevKv),
  };
  if ((type ?? EventType.PUT) === EventType.DELETE) return { type: 'delete', ...base };
  return { type: 'put', ...base, kv: new KeyValue(kv ?? {}) };
}

/** Whether the response answers a progress request. Periodic notifications carry the watch's id instead. */
export function answersProgressRequest({ watchId }: WatchResponse): boolean {
  return toBigInt(watchId) === -1n;
}

/** Bytes of keys and values. */
export function sizeOf(events: readonly WatchEvent[]): number {
  let bytes = 0;
  for (const event of events) {
    bytes += event.key.length + (event.prevKv?.value.length ?? 0);
    if (event.type === 'put') bytes += event.kv.value.length;
  }
  return bytes;
}
