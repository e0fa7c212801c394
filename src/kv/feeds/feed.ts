import { isInRange, spanOf } from '../format/key-range.js';
import { equalBytes } from '../../util/bytes.js';

/** Bounds of change feeds: see docs/FEEDS.md. */
export const FEEDS_MAX = 256;
export const FEED_NAME_BYTES_MAX = 128;
/** Of the key and the end of its range. */
export const FEED_KEY_BYTES_MAX = 4096;
export const FEED_PARTITIONS_MAX = 64;
export const FEED_WORKERS_MAX = 64;
/** Of a worker's lease: a worker that is gone holds its partitions for as long. */
export const FEED_TTL_MAX_SECONDS = 3600;
/** Acknowledgements of one request or transaction. */
export const FEED_ACKS_MAX = 64;
export const FEED_RETAIN_REVISIONS_MAX = 1_000_000_000;
export const DEFAULT_FEED_RETAIN_REVISIONS = 1_000_000;

/** The progress of one partition. */
export interface FeedPartition {
  /** All changes up to this revision are acknowledged. */
  readonly cursor: number;
  /**
   * Raised whenever acknowledgements of the worker so far must not count any more. It begins with the index of the entry that
   * made the feed. As an entry raises it by one at most, no earlier feed of the name had this epoch or a later one.
   */
  readonly epoch: number;
  /** Empty for none. */
  readonly worker: string;
}

export interface FeedWorker {
  readonly name: string;
  /** The worker leaves when this lease ends. */
  readonly lease: bigint;
}

/** A change feed. Immutable; a command replaces it as a whole. */
export interface Feed {
  readonly name: string;
  /** The index of the entry that created it, which distinguishes feeds of the same name. */
  readonly id: number;
  /** Its keys, in etcd's form: see `spanOf`. */
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  readonly puts: boolean;
  readonly deletes: boolean;
  /** Whether events carry the version before. */
  readonly prevKv: boolean;
  /** A compaction that would keep more revisions for the feed breaks it. */
  readonly retainRevisions: number;
  /** The compacted revision at which it lost changes; 0 if it is not broken. */
  readonly broken: number;
  /** In the order of their names. */
  readonly workers: readonly FeedWorker[];
  readonly partitions: readonly FeedPartition[];
}

/** All feeds, by name. Replaced as a whole when one changes. */
export type Feeds = ReadonlyMap<string, Feed>;

export const NO_FEEDS: Feeds = new Map();

/** The cursor of the partition that is furthest behind. */
export function lowestCursor({ partitions }: Feed): number {
  let lowest = Infinity;
  for (const { cursor } of partitions) if (cursor < lowest) lowest = cursor;
  return lowest;
}

/**
 * The revision up to which no feed needs the changes, nor the versions that they ended; Infinity without feeds. A compaction
 * removes no rows behind it.
 */
export function heldFrom(feeds: Feeds): number {
  let lowest = Infinity;
  for (const feed of feeds.values()) if (feed.broken === 0) lowest = Math.min(lowest, lowestCursor(feed));
  return lowest;
}

/** Whether a feed covers a key. */
export function coversKey(feed: Pick<Feed, 'key' | 'rangeEnd'>, key: Uint8Array): boolean {
  const span = spanOf(feed.key, feed.rangeEnd);
  return span.kind === 'key' ? equalBytes(span.key, key) : isInRange(key, span.range);
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The partition of a key: its FNV-1a hash of 32 bits (draft-eastlake-fnv), modulo their number. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  if (partitions === 1) return 0;
  let hash = FNV_OFFSET;
  for (const byte of key) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return (hash >>> 0) % partitions;
}
