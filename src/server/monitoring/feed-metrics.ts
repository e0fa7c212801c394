import { lowestCursor, type Feed } from '../../kv/feeds/feed.js';
import type { KvStore } from '../../kv/store.js';
import type { Exposition } from '../../metrics/exposition.js';

/** Change feeds, as this member's state has them. */
export function feedMetrics(out: Exposition, store: Pick<KvStore, 'feeds' | 'revision'>, subscriptions: number): void {
  out.gauge('raftkv_feed_subscriptions', 'Workers of change feeds that this member serves.', subscriptions);
  const feeds = [...store.feeds().values()];
  const revision = store.revision();
  const each = (name: string, help: string, value: (feed: Feed) => number): void => {
    const samples = feeds.map((feed) => ({ labels: { feed: feed.name }, value: value(feed) }));
    out.family('gauge', { name, help, samples });
  };
  each('raftkv_feed_lag_revisions', 'Revisions that a change feed has not acknowledged.', (feed) =>
    Math.max(0, revision - lowestCursor(feed)),
  );
  each('raftkv_feed_broken', 'Whether a change feed has lost changes.', ({ broken }) => (broken > 0 ? 1 : 0));
  each('raftkv_feed_workers', 'Workers of a change feed.', ({ workers }) => workers.length);
}
