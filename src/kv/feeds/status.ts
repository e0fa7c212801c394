import type { raftkvpb } from '../../gen/proto.js';
import { lowestCursor, type Feed } from './feed.js';

/** A feed as the API shows it. @param revision the newest of the state that has the feed */
export function feedStatus(feed: Feed, revision: number): raftkvpb.FeedStatus.$Properties {
  const { name, id, key, rangeEnd, puts, deletes, prevKv, retainRevisions, broken } = feed;
  return {
    name,
    id,
    key,
    rangeEnd,
    noPuts: !puts,
    noDeletes: !deletes,
    prevKv,
    retainRevisions,
    broken,
    lag: Math.max(0, revision - lowestCursor(feed)),
    partitions: feed.partitions.map(({ cursor, epoch, worker }) => ({ cursor, epoch, worker })),
    workers: feed.workers.map((worker) => worker.name),
  };
}
