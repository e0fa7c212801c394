import type { etcdserverpb } from '../../gen/proto.js';
import { NONE } from '../../raft/types.js';
import type { Method } from '../../rpc/service.js';
import { serviceOf } from '../../schema/file-descriptors.js';
import { SnapshotStreams } from '../services/snapshot-streams.js';
import { KeyChanges } from '../lock/key-changes.js';
import { lockServices } from '../lock/services.js';
import { gate, type Check } from '../requests/gate.js';
import { LeaderRequired } from '../requests/leader-required.js';
import { learnerCheck } from '../requests/learner-check.js';
import { RangeStreams } from '../requests/range-streams.js';
import { clusterService } from '../services/cluster-service.js';
import { hotService } from '../services/hot-service.js';
import { Health } from '../services/health-service.js';
import { indexService } from '../services/index-service.js';
import { IndexStreams } from '../services/index-streams.js';
import type { ReadCaller } from '../../kv/store.js';
import { kvService } from '../services/kv-service.js';
import { ListTurns } from '../requests/list-turns.js';
import { withSmallRequests } from '../requests/small-requests.js';
import { feedService } from '../feeds/service.js';
import { FeedSubscriptions } from '../feeds/subscriptions.js';
import { leaseService, leaseTtlMinSeconds } from '../services/lease-service.js';
import { maintenanceService } from '../services/maintenance-service.js';
import { Reflection } from '../services/reflection-service.js';
import { sessionService } from '../session/session-service.js';
import { WatchService } from '../watch/service.js';
import { makeAuthService } from './auth.js';
import type { Consensus } from './consensus.js';
import type { Leases } from './leases.js';
import type { Membership } from './membership.js';
import type { Requests } from './requests.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

/** The method table that gRPC and the JSON gateway serve. */
export interface Services {
  readonly methods: readonly Method[];
  readonly watches: WatchService;
  readonly feeds: FeedSubscriptions;
  /** Ends open streams and refuses new ones. */
  endStreams(): void;
}

export interface ServiceParts {
  readonly storage: Storage;
  readonly consensus: Consensus;
  readonly requests: Requests;
  readonly leases: Leases;
  readonly membership: Membership;
}

export function makeServices(settings: AssemblySettings, parts: ServiceParts): Services {
  const { refusal, authEvents, feedChanges } = parts.storage;
  const { access } = parts.requests.identification;
  const { leadership } = parts.consensus;
  const watches = makeWatches(settings, parts);
  const streams = makeStreams(settings, parts);
  const locks = makeLocks(settings, parts);
  const feeds = makeFeeds(settings, parts);
  const methods = [
    ...unaryMethods(settings, parts),
    ...makeAuthService(settings, parts),
    ...locks.methods,
    watches.method(),
    feeds.method(),
    parts.leases.keepAlives.method(),
    streams.snapshots.method(),
    streams.ranges.method(),
    streams.indexes.method(),
  ];
  const health = new Health(methods.map(({ path }) => serviceOf(path)));
  const leaderRequired = new LeaderRequired({ clock: settings.clock, electionMs: settings.node.electionMs });
  leadership.subscribe(({ leader }) => {
    health.set(leader !== NONE);
    leaderRequired.set(leader !== NONE);
  });
  const { clientVersions } = settings.measurements;
  const count: Check = (call, asked) => {
    clientVersions.count(call, asked);
    return undefined;
  };
  authEvents.subscribe(() => watches.authChanged());
  authEvents.subscribe(() => feeds.changed());
  feedChanges.subscribe(() => feeds.changed());
  const checks = [count, learnerCheck(refusal), leaderRequired.check];
  const gated = withSmallRequests(
    gate(leaderRequired.revocable([...methods, ...health.methods()]), { checks, access }),
  );
  const reflection = new Reflection(gated);
  return {
    methods: [...gated, ...reflection.methods()],
    watches,
    feeds,
    endStreams: () => {
      health.stop();
      streams.snapshots.stop();
      parts.leases.keepAlives.stop();
      locks.stop();
      watches.stop();
      feeds.stop();
      leaderRequired.stop();
      reflection.stop();
      streams.ranges.stop();
      streams.indexes.stop();
    },
  };
}

function unaryMethods(settings: AssemblySettings, parts: ServiceParts): readonly Method[] {
  const { clock, random, limits, measurements } = settings;
  const { store, isLearner } = parts.storage;
  const { node, onFatal } = parts.consensus;
  const { writes, reader, headers, quota, identification, hot } = parts.requests;
  const { access } = identification;
  const { lessor } = parts.leases;
  const { changes } = parts.membership;
  const ttlMinSeconds = leaseTtlMinSeconds(settings.node.electionMs);
  const lists = new ListTurns(() => new Promise((resolve) => clock.soon(resolve)));
  return [
    ...kvService({
      store,
      headers,
      writes,
      reader,
      access,
      hot,
      maxTxnOps: limits.txnOpsMax,
      maxTxnTotalOps: limits.txnTotalOpsMax,
      onLimit: measurements.limits.hit,
      range: measurements.timed((request: etcdserverpb.RangeRequest, caller?: ReadCaller) =>
        store.range(request, caller),
      ),
      onFatal,
    }),
    ...leaseService({ store, headers, writes, reader, access, lessor, clock, random, ttlMinSeconds }),
    ...sessionService({ store, headers, writes, reader, access, random, lists }),
    ...feedService({ store, headers, writes, reader, access, lists }),
    ...clusterService({ store, reader, access, headers, changes }),
    ...indexService({ store, headers, writes, reader, access }),
    ...maintenanceService({
      store,
      headers,
      node,
      clock,
      transferMs: limits.requestMs,
      writes,
      quotaBytes: quota.quotaBytes,
      isLearner,
      hot,
      defragment: () => measurements.timeDefragment(() => store.defragment()),
      onFatal,
    }),
    ...hotService({ hot, headers, revision: () => store.revision() }),
  ];
}

function makeStreams(
  { clock, measurements }: AssemblySettings,
  { storage, consensus, requests }: ServiceParts,
): { readonly snapshots: SnapshotStreams; readonly ranges: RangeStreams; readonly indexes: IndexStreams } {
  const { store, refusal } = storage;
  const { reader, headers, identification, hot } = requests;
  const { access } = identification;
  return {
    snapshots: new SnapshotStreams({
      store,
      headers,
      clock,
      onFatal: consensus.onFatal,
      onSent: measurements.onSnapshotSent,
    }),
    ranges: new RangeStreams({ store, reader, access, hot, clock, refusal }),
    indexes: new IndexStreams({ store, headers, reader, access, clock, refusal }),
  };
}

function makeLocks(
  { clock, random }: AssemblySettings,
  { storage, consensus, requests }: ServiceParts,
): ReturnType<typeof lockServices> {
  const { store } = storage;
  const { node, onFatal } = consensus;
  const { writes, pending, headers, identification } = requests;
  const { access } = identification;
  const changes = new KeyChanges(store.watches);
  return lockServices({ store, writes, access, node, pending, headers, changes, clock, random, onFatal });
}

function makeFeeds(
  { clock, random, measurements, node }: AssemblySettings,
  { storage, consensus, requests, leases }: ServiceParts,
): FeedSubscriptions {
  const { writes, headers, identification } = requests;
  return new FeedSubscriptions({
    store: storage.store,
    headers,
    writes,
    access: identification.access,
    lessor: leases.lessor,
    clock,
    random,
    revisionWaiters: consensus.revisionWaiters,
    ttlMinSeconds: leaseTtlMinSeconds(node.electionMs),
    onLimit: measurements.limits.hit,
    onFatal: consensus.onFatal,
  });
}

function makeWatches(
  { clock, random, limits, watches, measurements }: AssemblySettings,
  { storage, consensus, requests }: ServiceParts,
): WatchService {
  return new WatchService({
    hub: storage.store.watches,
    auth: () => storage.store.auth(),
    access: requests.identification.access,
    headers: requests.headers,
    clock,
    random,
    revisionWaiters: consensus.revisionWaiters,
    freshness: () => consensus.node.freshness(),
    progressIntervalMs: watches.progressIntervalMs,
    requestBytesMax: limits.requestBytesMax,
    responseQueueBytes: watches.responseQueueBytes,
    watchesMax: watches.perStreamMax,
    watchesOfMemberMax: watches.perMemberMax,
    onLimit: measurements.limits.hit,
  });
}
