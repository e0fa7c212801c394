import { raftkvpb, type raftkv } from '../../gen/proto.js';
import type { Rights } from '../auth/auth-state.js';
import { mayRead } from '../auth/requests.js';
import type { Draft } from '../commands/draft.js';
import { emptyBody, type BodyMaker } from '../commands/writes.js';
import { kvError, type KvError } from '../errors.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { balanced } from './balance.js';
import {
  DEFAULT_FEED_RETAIN_REVISIONS,
  FEED_KEY_BYTES_MAX,
  FEED_NAME_BYTES_MAX,
  FEED_PARTITIONS_MAX,
  FEED_RETAIN_REVISIONS_MAX,
  FEED_TTL_MAX_SECONDS,
  FEED_WORKERS_MAX,
  FEEDS_MAX,
  lowestCursor,
  type Feed,
} from './feed.js';
import { feedStatus } from './status.js';

type CreateRequest = raftkvpb.FeedCreateRequest;

/** Units of work of a look at a worker. */
const WORKER_UNITS = 1 / 16;

const NAME = /^[A-Za-z0-9._\-/]+$/;

/** Checks a request that does not depend on the store. */
export function checkFeedCreate(request: CreateRequest): KvError | undefined {
  const { name, key, rangeEnd, noPuts, noDeletes, partitions } = request;
  if (!NAME.test(name) || name.length > FEED_NAME_BYTES_MAX) return kvError('invalid-feed');
  if (key.length === 0) return kvError('empty-key');
  if (Math.max(key.length, rangeEnd.length) > FEED_KEY_BYTES_MAX) return kvError('invalid-feed');
  const span = spanOf(key, rangeEnd);
  if (span.kind === 'range' && isEmptyRange(span.range)) return kvError('invalid-feed');
  if (noPuts && noDeletes) return kvError('invalid-feed');
  if (partitions > FEED_PARTITIONS_MAX) return kvError('invalid-feed');
  const retain = clampInteger(request.retainRevisions);
  return retain < 0 || retain > FEED_RETAIN_REVISIONS_MAX ? kvError('invalid-feed') : undefined;
}

export function createFeed(
  draft: Draft,
  request: CreateRequest,
  { index }: { readonly index: number },
): BodyMaker | KvError {
  const invalid = checkFeedCreate(request);
  if (invalid !== undefined) return invalid;
  const { name, noPuts, noDeletes, prevKv } = request;
  if (draft.feeds.get(name) !== undefined) return kvError('feed-exists');
  if (draft.feeds.all.size >= FEEDS_MAX) return kvError('too-many-feeds');
  const cursor = cursorBefore(draft, clampInteger(request.startRevision));
  if (typeof cursor !== 'number') return cursor;
  const feed: Feed = {
    name,
    id: index,
    // Copies: views would keep the log entry in memory.
    key: Buffer.from(request.key),
    rangeEnd: Buffer.from(request.rangeEnd),
    puts: !noPuts,
    deletes: !noDeletes,
    prevKv,
    retainRevisions: clampInteger(request.retainRevisions) || DEFAULT_FEED_RETAIN_REVISIONS,
    broken: 0,
    workers: [],
    partitions: Array.from({ length: request.partitions || 1 }, () => ({ cursor, epoch: index, worker: '' })),
  };
  draft.feeds.set(feed);
  const { revision } = draft;
  return () => raftkvpb.FeedCreateResponse.encode({ feed: feedStatus(feed, revision) }).finish();
}

export function deleteFeed(draft: Draft, { name }: raftkvpb.FeedDeleteRequest): BodyMaker | KvError {
  if (draft.feeds.get(name) === undefined) return kvError('feed-not-found');
  draft.feeds.delete(name);
  return emptyBody;
}

/** Moves all cursors, mends a broken feed, and fences the acknowledgements of all workers. */
export function resetFeed(draft: Draft, request: raftkvpb.FeedResetRequest): BodyMaker | KvError {
  const feed = draft.feeds.get(request.name);
  if (feed === undefined) return kvError('feed-not-found');
  const cursor = cursorBefore(draft, clampInteger(request.startRevision));
  if (typeof cursor !== 'number') return cursor;
  const partitions = feed.partitions.map(({ epoch, worker }) => ({ cursor, epoch: epoch + 1, worker }));
  const reset: Feed = { ...feed, broken: 0, partitions };
  draft.feeds.set(reset);
  const { revision } = draft;
  return () => raftkvpb.FeedResetResponse.encode({ feed: feedStatus(reset, revision) }).finish();
}

/**
 * The cursor of a feed that begins with a revision. All changes from there on, and the versions that they ended, must be in the
 * store of every member: those of the compacted revision itself may be gone.
 * @param start 0 for the next revision; −1 for the first one that is kept
 */
function cursorBefore({ revision, compactedRevision }: Draft, start: number): number | KvError {
  if (start === 0) return revision;
  const first = Math.max(compactedRevision, 0);
  if (start === -1) return first;
  if (start > revision + 1) return kvError('future-revision');
  return start - 1 < first ? kvError('compacted') : start - 1;
}

/** @param rights of the user; undefined while authentication is off */
export function mayFollow(feed: Pick<Feed, 'key' | 'rangeEnd'>, rights: Rights | undefined): boolean {
  return rights === undefined || mayRead(rights, feed);
}

/** A worker joins, with a lease that the command grants. It takes the place of an earlier one of its name. */
export function joinFeed(
  draft: Draft,
  request: raftkv.FeedJoin,
  { index, rights }: { readonly index: number; readonly rights: Rights | undefined },
): BodyMaker | KvError {
  const feed = draft.feeds.get(request.feed);
  if (feed === undefined) return kvError('feed-not-found');
  if (!mayFollow(feed, rights)) return kvError('permission-denied');
  if (feed.broken > 0) return kvError('feed-broken');
  const { worker: name } = request;
  const lease = toBigInt(request.lease);
  const ttlSeconds = Math.max(1, clampInteger(request.ttl));
  const nameBytes = Buffer.byteLength(name);
  if (nameBytes === 0 || nameBytes > FEED_NAME_BYTES_MAX || lease === 0n) return kvError('invalid-feed');
  if (ttlSeconds > FEED_TTL_MAX_SECONDS) return kvError('lease-ttl-too-large');
  if (draft.hasLease(lease)) return kvError('lease-exists');
  const others = feed.workers.filter((worker) => worker.name !== name);
  if (others.length >= FEED_WORKERS_MAX) return kvError('too-many-workers');
  draft.grantLease({ id: lease, ttlSeconds, grantedIndex: index });
  const workers = [...others, { name, lease }].sort((left, right) => (left.name < right.name ? -1 : 1));
  draft.feeds.set(balanced(feed, workers, name));
  return emptyBody;
}

/** Whether a user may end a lease, as far as feeds are concerned: that of a worker takes it out of its feed. */
export function mayEnd(draft: Draft, lease: bigint, rights: Rights | undefined): boolean {
  if (rights === undefined || rights.isRoot) return true;
  for (const feed of draft.feeds.all.values()) {
    draft.feeds.spent(feed.workers.length * WORKER_UNITS);
    if (feed.workers.some((worker) => worker.lease === lease) && !mayFollow(feed, rights)) return false;
  }
  return true;
}

/** The worker of a lease leaves; the others take over its partitions. Costs one look at each feed that has workers. */
export function leaveFeeds(draft: Draft, lease: bigint): void {
  for (const feed of draft.feeds.all.values()) {
    draft.feeds.spent(feed.workers.length * WORKER_UNITS);
    if (!feed.workers.some((worker) => worker.lease === lease)) continue;
    const workers = feed.workers.filter((worker) => worker.lease !== lease);
    draft.feeds.set(balanced(feed, workers));
  }
}

/** Marks the feeds for which a compaction would keep too much. From then on it keeps nothing for them. */
export function breakFeeds(draft: Draft, compactedRevision: number): void {
  for (const feed of draft.feeds.all.values()) {
    if (feed.broken > 0 || compactedRevision - lowestCursor(feed) <= feed.retainRevisions) continue;
    draft.feeds.set({ ...feed, broken: compactedRevision });
  }
}
