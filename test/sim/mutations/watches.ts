import { patch, type Mutation } from './mutation.js';
import { awayWatchers, notified, watchers } from './profiles.js';

/** Bugs in the delivery of events to watchers. */
export const WATCHES: readonly Mutation[] = [
  {
    name: 'watch-skips-at-hand-over',
    story: 'events that were written while a page of the change log was read are lost (etcd 18089)',
    patches: [patch('src/kv/watch/catch-up.ts', '      this.#deliver(watchers, made.value);\n', '')],
    profile: watchers,
  },
  {
    name: 'watch-forgets-what-had-no-room',
    story: 'a watcher without room continues behind the events that it could not take (etcd 17529)',
    patches: [
      patch(
        'src/kv/watch/hub.ts',
        'watcher.next = batchOf.events[0]?.revision ?? revision;',
        'watcher.next = revision + 1;',
      ),
    ],
    profile: watchers,
  },
  {
    name: 'watch-starves',
    story: 'a watcher that had no room is never resumed',
    patches: [
      patch('src/server/watch/stream.ts', 'for (const { watcher } of blocked) this.#options.hub.resume(watcher);', ''),
    ],
    profile: watchers,
  },
  {
    name: 'watch-goes-backwards',
    story: 'a watcher that falls back to the change log gets events twice (etcd 15271)',
    patches: [
      patch(
        'src/kv/watch/hub.ts',
        'watcher.next = Math.max(watcher.next, from);',
        'watcher.next = Math.max(1, from - 3);',
      ),
    ],
    profile: watchers,
  },
  {
    name: 'watch-splits-a-transaction',
    story: 'a page of the change log ends within a revision',
    patches: [patch('src/kv/watch/log-page.ts', 'if (change.revision !== ofRevision.revision) {', '{')],
    profile: watchers,
  },
  {
    name: 'watch-promises-early',
    story: 'progress is reported before the events up to it are sent (etcd 15220)',
    patches: [
      patch(
        'src/server/watch/progress.ts',
        'if (this.#asked === undefined || this.#behind > 0 || ',
        'if (this.#asked === undefined || ',
      ),
    ],
    profile: watchers,
  },
  {
    name: 'watch-notifies-early',
    story: 'a watcher that is behind gets a periodic progress notification (etcd 15220)',
    patches: [patch('src/server/watch/stream.ts', 'if (sent || !hub.hasAll(watch.watcher) || ', 'if (sent || ')],
    profile: notified,
  },
  {
    name: 'watch-leaves-falling-watchers-live',
    story: 'watchers that wait for their turn to fall behind get the next events, before those that they miss',
    patches: [
      patch(
        'src/kv/watch/hub.ts',
        "return phase === 'live' && among === this.#live;",
        "return phase === 'live' && among !== undefined;",
      ),
    ],
    profile: watchers,
  },
  {
    name: 'watch-of-the-future-begins-now',
    story: 'a watch with a future start revision gets earlier events (etcd 20221)',
    patches: [
      patch(
        'src/kv/watch/hub.ts',
        'if (next > this.#revision) this.#enterLive(watcher);',
        'watcher.next = Math.min(next, this.#revision + 1);\n    if (next > this.#revision) this.#enterLive(watcher);',
      ),
    ],
    profile: awayWatchers,
  },
  {
    name: 'watch-loses-what-a-snapshot-brings',
    story: 'a live watcher misses the events that an installed snapshot skips (etcd 19179)',
    patches: [patch('src/kv/watch/hub.ts', 'if (revision >= from) this.#fallBehind(from);', '')],
    profile: awayWatchers,
  },
  {
    name: 'watch-is-compacted-at-the-border',
    story: 'a watch that begins at the compacted revision is refused',
    patches: [
      patch(
        'src/kv/watch/catch-up.ts',
        'if (watcher.next < compactedRevision && ',
        'if (watcher.next <= compactedRevision && ',
      ),
    ],
    profile: watchers,
  },
];
