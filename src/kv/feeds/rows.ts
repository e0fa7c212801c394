import { raftkv } from '../../gen/proto.js';
import type { EngineOperation, EngineReader, EngineRow } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { feedKey, feedNameOf, feedPartitionKey, Table, tableOf, tableRange } from '../format/layout.js';
import { wireLeaseId } from '../leases/leases.js';
import { pagesOf } from '../state/row-pages.js';
import type { Feed, FeedPartition, Feeds } from './feed.js';

/** The row of a feed without its partitions, whose cursors change more often. */
export function feedRow(feed: Feed): EngineOperation {
  const { id, key, rangeEnd, prevKv, retainRevisions, broken } = feed;
  const value = raftkv.FeedRecord.encode({
    id,
    key,
    rangeEnd,
    noPuts: !feed.puts,
    noDeletes: !feed.deletes,
    prevKv,
    partitions: feed.partitions.length,
    retainRevisions,
    broken,
    workers: feed.workers.map(({ name, lease }) => ({ name, lease: wireLeaseId(lease) })),
  }).finish();
  return { type: 'put', key: feedKey(feed.name), value };
}

export function partitionRow({ name, partitions }: Feed, partition: number): EngineOperation {
  const { cursor, epoch, worker } = defined(partitions[partition], 'a partition of a feed');
  const value = raftkv.FeedPartitionRecord.encode({ cursor, epoch, worker }).finish();
  return { type: 'put', key: feedPartitionKey(name, partition), value };
}

/** The rows that differ between two states of a feed; undefined where it does not exist. */
export function changedRows(before: Feed | undefined, after: Feed | undefined): readonly EngineOperation[] {
  const rows: EngineOperation[] = [];
  const name = (after ?? before)?.name ?? '';
  const kept = after?.partitions.length ?? 0;
  for (let at = kept; at < (before?.partitions.length ?? 0); at++) {
    rows.push({ type: 'delete', key: feedPartitionKey(name, at) });
  }
  if (after === undefined) return [...rows, { type: 'delete', key: feedKey(name) }];
  if (before === undefined || !hasSameRow(before, after)) rows.push(feedRow(after));
  for (const [at, partition] of after.partitions.entries()) {
    if (before?.partitions[at] !== partition) rows.push(partitionRow(after, at));
  }
  return rows;
}

function hasSameRow(before: Feed, after: Feed): boolean {
  return before.id === after.id && before.broken === after.broken && before.workers === after.workers;
}

/**
 * More than a partition changes its worker in the life of a cluster: a worker of another cluster, from whose backup this one
 * was restored, has no epoch of this one.
 */
const RESTORED_EPOCHS = 2 ** 32;

/** The revision of a backup, and the number of revisions that the restored cluster skips behind it. */
export interface RevisionGap {
  readonly revision: number;
  readonly skipped: number;
}

/**
 * A row as a cluster restored from a backup has it: without workers, and with epochs of its own. Cursors are the same, but for
 * those with nothing left to deliver: they stand behind the skipped revisions, which a compaction would count as kept for the feed.
 */
export function restoredRow(row: EngineRow, { revision, skipped }: RevisionGap): EngineRow {
  const table = tableOf(row.key);
  if (table === Table.feeds) {
    const record = raftkv.FeedRecord.decode(row.value);
    record.workers = [];
    return { key: row.key, value: raftkv.FeedRecord.encode(record).finish() };
  }
  if (table !== Table.feedPartitions) return row;
  const record = raftkv.FeedPartitionRecord.decode(row.value);
  record.epoch = clampInteger(record.epoch) + RESTORED_EPOCHS;
  record.worker = '';
  const cursor = clampInteger(record.cursor);
  if (cursor >= revision) record.cursor = cursor + skipped;
  return { key: row.key, value: raftkv.FeedPartitionRecord.encode(record).finish() };
}

/** Reads the stored feeds. @throws Error on rows that cannot be decoded, or do not belong together */
export async function readFeeds(reader: Pick<EngineReader, 'cursor'>): Promise<Feeds> {
  const partitions = new Map<string, FeedPartition[]>();
  for await (const rows of pagesOf(reader, tableRange(Table.feedPartitions))) {
    for (const { key, value } of rows) {
      const { cursor, epoch, worker } = raftkv.FeedPartitionRecord.decode(value);
      const name = feedNameOf(key);
      const list = partitions.get(name) ?? [];
      list.push({ cursor: clampInteger(cursor), epoch: clampInteger(epoch), worker });
      partitions.set(name, list);
    }
  }
  const feeds = new Map<string, Feed>();
  for await (const rows of pagesOf(reader, tableRange(Table.feeds))) {
    for (const { key, value } of rows) {
      const feed = feedOf(feedNameOf(key), raftkv.FeedRecord.decode(value), partitions);
      feeds.set(feed.name, feed);
    }
  }
  return feeds;
}

function feedOf(name: string, record: raftkv.FeedRecord, all: ReadonlyMap<string, readonly FeedPartition[]>): Feed {
  const partitions = all.get(name) ?? [];
  assert(partitions.length === record.partitions, `feed ${name} has ${partitions.length} partitions`);
  return {
    name,
    id: clampInteger(record.id),
    // Copies: views would keep whole pages of the engine in memory.
    key: Buffer.from(record.key),
    rangeEnd: Buffer.from(record.rangeEnd),
    puts: !record.noPuts,
    deletes: !record.noDeletes,
    prevKv: record.prevKv,
    retainRevisions: clampInteger(record.retainRevisions),
    broken: clampInteger(record.broken),
    workers: record.workers.map((worker) => ({ name: worker.name ?? '', lease: toBigInt(worker.lease) })),
    partitions,
  };
}
