import { patch, type TestedBug } from './mutation.js';

const STORE = 'test/kv/feeds/feeds.test.ts';
const CLUSTER = 'test/partition/feeds.test.ts';

/** Bugs in change feeds. */
export const FEEDS: readonly TestedBug[] = [
  {
    name: 'feed-epoch-not-checked',
    story: 'a worker whose partition went to another one still moves the cursor',
    patches: [
      patch(
        'src/kv/feeds/acks.ts',
        "  if (clampInteger(ack.epoch) !== partition.epoch) return kvError('feed-epoch');\n",
      ),
    ],
    tests: { file: CLUSTER, titles: 'move partitions' },
  },
  {
    name: 'feed-join-without-epoch',
    story: 'a worker that takes over gets the epoch of the one before',
    patches: [
      patch(
        'src/kv/feeds/balance.ts',
        '{ ...partition, worker, epoch: partition.epoch + 1 }',
        '{ ...partition, worker }',
      ),
    ],
    tests: { file: STORE, titles: 'raises the epoch' },
  },
  {
    name: 'feed-made-again-with-old-epochs',
    story: 'a late acknowledgement of a deleted feed moves the cursor of the next one of its name',
    patches: [patch('src/kv/feeds/commands.ts', 'cursor, epoch: index, worker', 'cursor, epoch: 1, worker')],
    tests: { file: STORE, titles: 'earlier feed of the same name' },
  },
  {
    name: 'sweep-ignores-feeds',
    story: 'a compaction removes the changes that a feed has not acknowledged',
    patches: [
      patch(
        'src/kv/state/current-state.ts',
        'Math.min(this.#view.compactedRevision, this.#held())',
        'this.#view.compactedRevision',
      ),
    ],
    tests: { file: STORE, titles: 'keeps compacted changes' },
  },
  {
    name: 'feed-cursor-ahead-of-delivery',
    story: 'a batch is said to reach to the newest revision of the store, beyond the page that was read',
    patches: [
      patch(
        'src/server/feeds/delivery.ts',
        '      known.position = page.to;\n',
        '      known.position = page.to + 1;\n',
      ),
    ],
    tests: { file: CLUSTER, titles: 'exactly once' },
  },
  {
    name: 'feed-ack-repeated-in-a-transaction',
    story: 'a transaction that is sent again after a lost answer has its effect twice',
    patches: [patch('src/kv/commands/apply-command.ts', 'mustMove: true', 'mustMove: false')],
    tests: { file: STORE, titles: 'success branch' },
  },
  {
    name: 'feed-ack-with-the-failure-branch',
    story: 'a transaction whose comparison fails moves the cursor although nothing was done',
    patches: [patch('src/kv/commands/txn.ts', 'if (plan.succeeded && request.feedAck', 'if (request.feedAck')],
    tests: { file: STORE, titles: 'success branch' },
  },
  {
    name: 'feed-cursor-not-stored',
    story: 'an acknowledgement changes the table in memory, and not its row: a restart or a snapshot loses it',
    patches: [
      patch(
        'src/kv/feeds/rows.ts',
        '    if (before?.partitions[at] !== partition) rows',
        '    if (before === undefined) rows',
      ),
    ],
    tests: { file: STORE, titles: 'after a restart' },
  },
  {
    name: 'feed-goes-into-a-new-cluster-as-it-is',
    story: 'workers of the old cluster acknowledge in one restored from its backup',
    patches: [
      patch('src/kv/feeds/rows.ts', 'clampInteger(record.epoch) + RESTORED_EPOCHS', 'clampInteger(record.epoch)'),
    ],
    tests: { file: STORE, titles: 'new cluster' },
  },
  {
    name: 'feed-never-breaks',
    story: 'a feed without a worker keeps all history, whatever its bound',
    patches: [patch('src/kv/commands/apply-command.ts', '  breakFeeds(draft, revision);\n')],
    tests: { file: STORE, titles: 'breaks a feed' },
  },
];
