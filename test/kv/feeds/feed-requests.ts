import { raftkv, raftkvpb } from '../../../src/gen/proto.js';
import type { CommandKind } from '../../../src/kv/commands/command.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import type { Feed } from '../../../src/kv/feeds/feed.js';
import type { KvStore } from '../../../src/kv/store.js';
import { clampInteger } from '../../../src/util/integer.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { defined } from '../../../src/util/assert.js';

type Command = readonly [CommandKind, Uint8Array];

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Short forms of the commands of feeds. */
export const feeds = {
  /** A feed of all keys from `p/` to `p0`, unless the fields say otherwise. */
  create: (name: string, fields: raftkvpb.FeedCreateRequest.$Properties = {}): Command => [
    'feedCreate',
    raftkvpb.FeedCreateRequest.encode({ name, key: bytes('p/'), rangeEnd: bytes('p0'), ...fields }).finish(),
  ],
  delete: (name: string): Command => ['feedDelete', raftkvpb.FeedDeleteRequest.encode({ name }).finish()],
  reset: (name: string, startRevision: number): Command => [
    'feedReset',
    raftkvpb.FeedResetRequest.encode({ name, startRevision }).finish(),
  ],
  ack: (...acks: raftkvpb.FeedAck.$Properties[]): Command => [
    'feedAck',
    raftkvpb.FeedAckRequest.encode({ acks }).finish(),
  ],
  join: (feed: string, worker: string, lease: bigint, ttl = 10): Command => [
    'feedJoin',
    raftkv.FeedJoin.encode({ feed, worker, lease: wireLeaseId(lease), ttl }).finish(),
  ],
};

export function feedOf(store: KvStore, name: string): Feed {
  return defined(store.feeds().get(name), `feed ${name}`);
}

/** Worker and epoch of each partition. */
export function owners(store: KvStore, name: string): readonly string[] {
  return feedOf(store, name).partitions.map(({ worker, epoch }) => `${worker || '-'}:${epoch}`);
}

/** An event as text: revision, kind, key, and the values after and before. */
export type EventText = string;

/** All changes of a partition behind its cursor, read page by page. */
export async function undelivered(store: KvStore, name: string, partition = 0): Promise<readonly EventText[]> {
  const feed = feedOf(store, name);
  const texts: EventText[] = [];
  let position = defined(feed.partitions[partition], 'a partition').cursor;
  while (position < store.revision()) {
    const page = await store.feedPage(feed, new Map([[partition, position]]));
    for (const event of page.events.get(partition) ?? []) {
      const encoded = event.encoded(feed.prevKv);
      const { events } = etcdserverpb.WatchResponse.decode(encoded);
      const [{ kv, prevKv } = {}] = events;
      const text = (value: Uint8Array | null | undefined): string => Buffer.from(value ?? []).toString('latin1');
      const before = prevKv ? ` was ${text(prevKv.value)}` : '';
      const revision = clampInteger(kv?.modRevision);
      texts.push(`${revision} ${event.kind} ${text(kv?.key)}=${text(kv?.value)}${before}`);
    }
    position = page.to;
  }
  return texts;
}
