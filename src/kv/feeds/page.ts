import type { LoggedChange } from '../format/change-row.js';
import type { View } from '../state/view.js';
import { readLogPage } from '../watch/log-page.js';
import type { WatchEvent } from '../watch/watch-event.js';
import { coversKey, partitionOf, type Feed } from './feed.js';

/** Bounds of a page, which ends with the revision that reaches one of them. */
export const FEED_PAGE_LIMITS = { pageRows: 4096, pageBytes: 256 * 1024, sliceRows: 256 } as const;

/** Changes of whole revisions, by partition. */
export interface FeedPage {
  /** The last revision that was read. */
  readonly to: number;
  /** Of the events. More than a page's bound only where one revision is larger. */
  readonly bytes: number;
  /** The events of the partitions that have any, in order. */
  readonly events: ReadonlyMap<number, readonly WatchEvent[]>;
}

export interface FeedPageOptions {
  readonly view: View;
  readonly feed: Feed;
  /** The partitions to read, with the revisions behind which each begins; none below its cursor. Not empty. */
  readonly positions: ReadonlyMap<number, number>;
  readonly limits?: typeof FEED_PAGE_LIMITS | undefined;
  /** Awaited between slices. */
  readonly pause: () => Promise<void>;
}

/** Who gets the changes of one partition. */
interface Group {
  readonly partition: number;
  readonly after: number;
  readonly watchers: { readonly size: number };
  readonly prevKv: number;
}

const ONE = { size: 1 };

/**
 * Reads the changes of some partitions of a feed, from the lowest position on. They are kept below the compacted revision too,
 * with the versions that they ended: see `heldFrom`.
 */
export async function readFeedPage({ view, feed, positions, limits, pause }: FeedPageOptions): Promise<FeedPage> {
  const groups = new Map<number, Group>();
  for (const [partition, after] of positions) {
    groups.set(partition, { partition, after, watchers: ONE, prevKv: feed.prevKv ? 1 : 0 });
  }
  const groupsOf = ({ key, kind, revision }: LoggedChange): readonly Group[] => {
    if (!(kind === 'put' ? feed.puts : feed.deletes) || !coversKey(feed, key)) return [];
    const group = groups.get(partitionOf(key, feed.partitions.length));
    return group !== undefined && revision > group.after ? [group] : [];
  };
  const events = new Map<number, WatchEvent[]>();
  const matches = {
    add: (event: WatchEvent, [group]: readonly Group[]): void => {
      if (group === undefined) return;
      const before = events.get(group.partition);
      if (before === undefined) events.set(group.partition, [event]);
      else before.push(event);
    },
  };
  const after = Math.min(...positions.values());
  const { to, bytes } = await readLogPage({
    view,
    from: after + 1,
    limits: limits ?? FEED_PAGE_LIMITS,
    groupsOf,
    matches,
    previousAfter: after,
    pause,
  });
  return { to, bytes, events };
}
