import type { Feeds } from '../../kv/feeds/feed.js';
import { firstConfState } from '../../kv/membership/members.js';
import { settleStaged } from '../../kv/snapshot/staged.js';
import { KvStore, type LeaseChange } from '../../kv/store.js';
import type { AuthEvent } from '../../kv/store-options.js';
import type { Status } from '../../rpc/status.js';
import { randomInteger } from '../../util/random.js';
import { Topic } from '../../util/topic.js';
import { checkHistory } from '../integrity/data-check.js';
import { AwaitedAnswers } from '../requests/awaited-answers.js';
import { Errors } from '../requests/errors.js';
import type { AssemblySettings } from './settings.js';

/** The state machine, with the answers and the changes that it reports while it applies. */
export interface Storage {
  readonly store: KvStore;
  /** Answers to the commands of this member. */
  readonly answers: AwaitedAnswers;
  /** Leases granted and revoked, in order, once readers see them. */
  readonly leaseChanges: Topic<readonly LeaseChange[]>;
  /** Definitions or states of indexes have changed. */
  readonly indexesChanged: Topic<void>;
  /** Changes of users and permissions, and tokens assigned and revoked, once readers see them. */
  readonly authEvents: Topic<AuthEvent>;
  /** The change feeds, once readers see a change of them. */
  readonly feedChanges: Topic<Feeds>;
  /** Whether this member is a learner. A member that has not applied its own addition yet counts as one. */
  readonly isLearner: () => boolean;
  /** Why this member serves only what a learner serves; undefined for a voter. */
  readonly refusal: () => Status | undefined;
  /** Whether `close` was called: reads that fail from then on are not damage. */
  readonly closing: boolean;
  close(): Promise<void>;
}

/**
 * @throws DataMismatchError if log and engine do not belong together
 * @throws if the engine holds a store of another format, or cannot be read
 */
export async function openStorage(settings: AssemblySettings): Promise<Storage> {
  const { memberId, clusterId, bootstrap, home, log, logger, clock, random, limits, watches, measurements } = settings;
  const answers = new AwaitedAnswers({ memberId, boot: randomInteger(random, 1, 2 ** 32) });
  const leaseChanges = new Topic<readonly LeaseChange[]>();
  const authEvents = new Topic<AuthEvent>();
  const feedChanges = new Topic<Feeds>();
  const indexesChanged = new Topic<void>();
  await settleStaged({ home, log, logger });
  await checkHistory({ log, engine: home.engine, identity: { clusterId, memberId } });
  const store = await KvStore.open({
    home,
    clusterId,
    logger,
    committedAtStart: log.hardState().commit,
    bootstrap: { members: bootstrap, confState: firstConfState(bootstrap) },
    maxTxnOps: limits.txnOpsMax,
    hashSeed: [randomInteger(random, 0, 2 ** 32), randomInteger(random, 0, 2 ** 32)],
    isWaiting: (origin) => answers.isWaiting(origin),
    hasRoom: (origin) => answers.hasRoom(origin),
    onExecuted: measurements.applyDurations.executed,
    waiter: (origin, result) => answers.applied(origin, result),
    onLeases: (changes) => leaseChanges.publish(changes),
    onIndexes: () => indexesChanged.publish(),
    onAuth: (event) => authEvents.publish(event),
    onFeeds: (feeds) => feedChanges.publish(feeds),
    pause: () => new Promise((resolve) => clock.soon(resolve)),
    watchLimits: watches.limits,
  });
  // A removed member is absent from the list too.
  const isLearner = (): boolean => store.member(memberId)?.isLearner ?? !store.wasRemoved(memberId);
  let closing = false;
  return {
    store,
    answers,
    leaseChanges,
    authEvents,
    feedChanges,
    indexesChanged,
    isLearner,
    refusal: () => {
      if (store.wasRemoved(memberId)) return Errors.removed;
      return isLearner() ? Errors.learner : undefined;
    },
    get closing() {
      return closing;
    },
    close: async () => {
      closing = true;
      await store.close();
      await home.close();
    },
  };
}
