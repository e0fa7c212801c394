import { etcdserverpb, type raftkv } from '../../gen/proto.js';
import { KvStore } from '../../kv/store.js';
import { firstConfState, type Member } from '../../kv/membership/members.js';
import { settleStaged } from '../../kv/snapshot/staged.js';
import type { WatchLimits } from '../../kv/watch/limits.js';
import { AppliedWaiters } from '../../node/loop/applied-waiters.js';
import type { NodeConfig } from '../../node/config.js';
import { RaftNode } from '../../node/node.js';
import type { HealthSource } from '../../http/health-routes.js';
import type { Clock } from '../../ports/clock.js';
import type { EngineHome } from '../../ports/engine.js';
import type { LogStore } from '../../ports/log.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { Transport } from '../../ports/transport.js';
import { NONE } from '../../raft/types.js';
import type { Method } from '../../rpc/service.js';
import { defined } from '../../util/assert.js';
import { allowDeepMessages } from '../../util/deep-messages.js';
import type { Logger } from '../../util/logger.js';
import { randomInteger, type Random } from '../../util/random.js';
import { AlarmRaiser } from '../integrity/alarm-raiser.js';
import { AutoCompactor, type AutoCompaction } from '../integrity/auto-compaction.js';
import { clusterService } from '../services/cluster-service.js';
import { HashCalls } from '../integrity/hash-calls.js';
import { HashComparison } from '../integrity/hash-comparison.js';
import { gate } from '../requests/gate.js';
import { Headers } from '../requests/header.js';
import { learnerCheck } from '../requests/learner-check.js';
import { LeaderRequired } from '../requests/leader-required.js';
import { healthSource } from '../monitoring/health-checks.js';
import { MemberChanges, type MembershipLimits } from '../membership/member-changes.js';
import { Health } from '../services/health-service.js';
import { Measurements } from '../monitoring/measurements.js';
import { metricsText } from '../monitoring/metrics.js';
import { kvService } from '../services/kv-service.js';
import { leaseService, leaseTtlMinSeconds } from '../services/lease-service.js';
import { KeepAlives } from '../lease/keep-alives.js';
import { proposeExpiry } from '../lease/expiry.js';
import { Lessor } from '../lease/lessor.js';
import { maintenanceService } from '../services/maintenance-service.js';
import { KeyChanges } from '../lock/key-changes.js';
import { lockServices } from '../lock/services.js';
import { PeerCalls } from '../membership/peer-calls.js';
import { PendingCalls } from '../requests/pending.js';
import { Proposer } from '../requests/proposer.js';
import { Publisher } from '../membership/publisher.js';
import { DEFAULT_QUOTA_BYTES, Quota } from '../integrity/quota.js';
import { RangeStreams } from '../requests/range-streams.js';
import { Reader } from '../requests/reader.js';
import { Reflection } from '../services/reflection-service.js';
import { SnapshotStreams } from '../backup/snapshot-streams.js';
import { ConfigError } from './urls.js';
import { DEFAULT_RESPONSE_QUEUE_BYTES } from '../watch/response-queue.js';
import { WatchService } from '../watch/service.js';
import { serviceOf } from '../../schema/file-descriptors.js';
import { asError } from '../../util/error.js';

/** The adapters of one member, and who it is. The simulator brings virtual ones. */
export interface AssemblyOptions {
  readonly clusterId: number;
  readonly memberId: number;
  readonly name: string;
  readonly clientUrls: readonly string[];
  /** The members of a new cluster; a store that exists knows its own. */
  readonly bootstrap: readonly Member[];
  readonly node: NodeConfig;
  readonly limits: {
    readonly requestBytesMax: number;
    readonly txnOpsMax: number;
    readonly requestMs: number;
    /** Of the store on disk; negative for none. Default: etcd's two GiB. */
    readonly quotaBytes?: number;
  };
  /** Default: the strict check, and one learner at a time. */
  readonly membership?: MembershipLimits;
  /** Default: etcd's ten minutes, and the bounds that docs/OPERATIONS.md names. */
  readonly watches?: Partial<WatchSettings>;
  /** Default: off. */
  readonly autoCompaction?: AutoCompaction;
  /** How often the leader compares the members, in ms. Default 0: never. */
  readonly corruptCheckMs?: number;
  readonly log: LogStore;
  readonly home: EngineHome;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What is counted and measured where; default: nobody looks. */
  readonly measurements?: Measurements;
}

export interface WatchSettings {
  /** Time after which a watch that asked for it is told that nothing happened, in ms. */
  readonly progressIntervalMs: number;
  /** Watches on one stream, and of the member. */
  readonly perStreamMax: number;
  readonly perMemberMax: number;
  /** Of responses that wait on one stream, before its watches fall behind. */
  readonly responseQueueBytes: number;
  /** Bounds of the store's own; by default those in kv/watch/limits.ts. */
  readonly limits: Partial<WatchLimits>;
}

/** A member without its sockets: what the services offer, and how to start and stop it. */
export interface Assembly {
  readonly node: RaftNode;
  readonly store: KvStore;
  readonly methods: readonly Method[];
  /** For those who ask over HTTP. */
  readonly health: HealthSource;
  /** In Prometheus's format. */
  readonly metrics: () => Promise<string>;
  /** What the state hashes to, for another member. */
  readonly answerHash: (question: raftkv.HashQuestion.$Properties) => Promise<raftkv.HashAnswer.$Properties>;
  /** What is damaged ends the member, unless it is stopping already. */
  readonly onFatal: (error: unknown) => void;
  /** Ends the streams, which would not end by themselves: the first step of a stop, while other calls may still finish. */
  endStreams(): void;
  /** Ends every waiting call, drains and closes node, log and transport, then the store and its engine. */
  stop(): Promise<void>;
}

const { AlarmType } = etcdserverpb;
const DEFAULT_MEMBERSHIP: MembershipLimits = { strictReconfigCheck: true, maxLearners: 1 };
const DEFAULT_WATCHES: WatchSettings = {
  progressIntervalMs: 600_000,
  perStreamMax: 10_000,
  perMemberMax: 200_000,
  responseQueueBytes: DEFAULT_RESPONSE_QUEUE_BYTES,
  limits: {},
};

/** Wires one member: the way of a write and of a read, end to end. */
export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  const { clusterId, memberId, name, clientUrls, limits, home, transport, clock, random, logger } = options;
  const { measurements = new Measurements() } = options;
  allowDeepMessages();
  const pending = new PendingCalls({ clock, limitMs: limits.requestMs });
  // The node is made from the store, and the store answers to the proposer, which needs the node.
  let made: RaftNode | undefined;
  const node = (): RaftNode => defined(made, 'the node');
  const proposer = new Proposer({
    node,
    memberId,
    boot: randomInteger(random, 1, 2 ** 32),
    pending,
    clock,
    maxRequestBytes: limits.requestBytesMax,
    admit: (bytes, done) => quota.admit(bytes, done),
  });
  const quota: Quota = new Quota({
    clock,
    quotaBytes: limits.quotaBytes ?? DEFAULT_QUOTA_BYTES,
    sizeBytes: () => store.sizeBytes(),
    raise: (done) => alarms.raise({ kind: AlarmType.NOSPACE, memberId }, done),
    onFatal: (error) => onFatal(error),
  });
  const peers: PeerCalls = new PeerCalls({
    node,
    clock,
    random,
    logger,
    answer: (question, done) => lessor.answer(question, done),
    onOther: (from, call) => hashCalls.received(from, call),
  });
  const lessor: Lessor = new Lessor({
    memberId,
    node,
    leases: () => store.leases,
    clock,
    pending,
    peers,
    expire: (lease, term, done) =>
      proposeExpiry(
        { proposer, clock, alarms: () => store.alarms(), onExpired: () => (measurements.leasesExpired += 1) },
        { lease, term },
        done,
      ),
    onRenewed: () => (measurements.leasesRenewed += 1),
  });
  const watchSettings: WatchSettings = { ...DEFAULT_WATCHES, ...options.watches };
  await settleStaged({ home, log: options.log, logger });
  const store = await KvStore.open({
    home,
    clusterId,
    logger,
    bootstrap: { members: options.bootstrap, confState: firstConfState(options.bootstrap) },
    maxTxnOps: limits.txnOpsMax,
    isWaiting: (origin) => proposer.isWaiting(origin),
    onLeases: (changes) => {
      measurements.onLeases(changes);
      lessor.onLeases(changes);
    },
    onRestore: () => connect(),
    waiter: (origin, result) => proposer.applied(origin, result),
    pause: () => new Promise((resolve) => clock.soon(resolve)),
    watchLimits: watchSettings.limits,
  });
  const alarms = new AlarmRaiser({ store, proposer, logger });
  const hashCalls: HashCalls = new HashCalls({
    node,
    clock,
    random,
    store,
    onFatal: (error) => onFatal(error),
  });
  // A newcomer learns from the log what it is. Until it has come to its own addition it listens, as a learner does.
  const isLearner = (): boolean => store.member(memberId)?.isLearner !== false;
  const connect = (): void => {
    const peers = store.members().filter(({ id }) => id !== memberId);
    transport.setPeers(
      peers.map(({ id, peerUrls }) => ({ id, urls: peerUrls })),
      store.removedIds(),
    );
  };
  connect();
  const health = new Health((name) => methods.some(({ path }) => serviceOf(path) === name));
  const leaderRequired = new LeaderRequired({ clock, electionMs: options.node.electionMs });
  const publisher = new Publisher({ proposer, clock, logger, member: { id: memberId, name, clientUrls }, store });
  const revisionWaiters = new AppliedWaiters();
  made = new RaftNode({
    id: memberId,
    config: options.node,
    log: options.log,
    stateMachine: notifying(store, { revisionWaiters, quota, onMembers: connect }),
    transport,
    clock,
    random,
    logger,
    removed: store.wasRemoved(memberId)
      ? new ConfigError('this member was removed from the cluster: remove its data directory, and add it as a new one')
      : undefined,
    onCall: (from, call) => peers.received(from, call),
    onLeadership: (status) => {
      const { leader } = status;
      lessor.onLeadership(status);
      health.set(leader !== NONE);
      leaderRequired.set(leader !== NONE);
      measurements.onLeader(leader);
      if (leader !== NONE) publisher.publish();
    },
  });
  let closing = false;
  const onFatal = (error: unknown): void => {
    // Reads that are cut off by the closing of the store fail, and that is no damage.
    if (!closing) node().fail(asError(error));
  };
  void store.failed.then(onFatal);
  const headers = new Headers({ clusterId, memberId, term: () => node().status().term });
  const snapshots = new SnapshotStreams({ store, headers, clock, onFatal });
  const watches = new WatchService({
    hub: store.watches,
    headers,
    clock,
    random,
    revisionWaiters,
    progressIntervalMs: watchSettings.progressIntervalMs,
    requestBytesMax: limits.requestBytesMax,
    responseQueueBytes: watchSettings.responseQueueBytes,
    watchesMax: watchSettings.perStreamMax,
    watchesOfMemberMax: watchSettings.perMemberMax,
  });
  const revision = (): number => store.revision();
  const revisionWaitsMax = options.node.readsMax;
  const reader = new Reader({
    clock,
    node,
    headers,
    pending,
    revision,
    revisionWaiters,
    revisionWaitsMax,
    onFatal,
  });
  const keepAlives = new KeepAlives({ lessor, headers, revision });
  const locks = lockServices({
    store,
    proposer,
    node,
    pending,
    headers,
    changes: new KeyChanges(store.watches),
    clock,
    random,
    onFatal,
  });
  const compactor = new AutoCompactor({
    settings: options.autoCompaction ?? { mode: 'off' },
    clock,
    revision,
    leads: () => node().status().role === 'leader',
    proposer,
    logger,
  });
  const rangeStreams = new RangeStreams({ store, reader, clock, isLearner });
  const comparison = new HashComparison({
    memberId,
    clock,
    intervalMs: options.corruptCheckMs ?? 0,
    leads: () => node().status().role === 'leader',
    others: () =>
      store
        .members()
        .map(({ id }) => id)
        .filter((id) => id !== memberId),
    hash: (at) => store.hashKv(at),
    ask: (member, point, done) => hashCalls.ask(member, point, done),
    raise: (alarm) => alarms.raise(alarm),
    logger,
    onFatal,
  });
  const changes = new MemberChanges({
    clusterId,
    memberId,
    store,
    proposer,
    node,
    random,
    limits: options.membership ?? DEFAULT_MEMBERSHIP,
  });
  const methods = [
    ...kvService({ store, headers, proposer, reader, maxTxnOps: limits.txnOpsMax, onFatal }),
    ...leaseService({
      store,
      headers,
      proposer,
      reader,
      lessor,
      random,
      ttlMinSeconds: leaseTtlMinSeconds(options.node.electionMs),
    }),
    keepAlives.method(),
    ...locks.methods,
    ...clusterService({ store, reader, headers, changes }),
    ...maintenanceService({
      store,
      headers,
      node,
      clock,
      transferMs: limits.requestMs,
      proposer,
      quotaBytes: quota.quotaBytes,
      isLearner,
      onFatal,
    }),
    watches.method(),
    snapshots.method(),
    rangeStreams.method(),
    ...health.methods(),
  ];
  const services = gate(leaderRequired.revocable(methods), [learnerCheck(isLearner), leaderRequired.check]);
  const reflection = new Reflection(services);
  return {
    node: made,
    store,
    methods: [...services, ...reflection.methods()],
    health: healthSource({ node, reader, store, clock, isLearner, onHealth: measurements.onHealth }),
    metrics: () =>
      metricsText({
        memberId,
        node,
        store,
        watches,
        proposer,
        pending,
        isLearner,
        measurements,
        quotaBytes: quota.quotaBytes,
      }),
    answerHash: (question) => hashCalls.answer(question),
    onFatal,
    endStreams: () => {
      health.stop();
      snapshots.stop();
      keepAlives.stop();
      locks.stop();
      watches.stop();
      leaderRequired.stop();
      reflection.stop();
      rangeStreams.stop();
    },
    stop: async () => {
      pending.stop();
      publisher.stop();
      lessor.stop();
      peers.stop();
      compactor.stop();
      comparison.stop();
      hashCalls.stop();
      try {
        await node().stop();
      } finally {
        closing = true;
        await store.close();
        await home.close();
      }
    },
  };
}

/** The store as the node sees it, with word to those who wait for a revision. */
function notifying(
  store: KvStore,
  { revisionWaiters, quota, onMembers }: { revisionWaiters: AppliedWaiters; quota: Quota; onMembers: () => void },
): StateMachine {
  return {
    appliedIndex: () => store.appliedIndex(),
    confState: () => store.confState(),
    apply: async (entries) => {
      await store.apply(entries);
      quota.applied(entries.reduce((sum, { data }) => sum + data.length, 0));
      revisionWaiters.reached(store.revision());
    },
    admits: (change) => store.admits(change),
    applyConfChange: async (application) => {
      await store.applyConfChange(application);
      revisionWaiters.reached(store.revision());
      onMembers();
    },
    barrier: () => store.barrier(),
    openSnapshot: () => store.openSnapshot(),
    receiveSnapshot: () => store.receiveSnapshot(),
    restore: async (metadata) => {
      await store.restore(metadata);
      revisionWaiters.reached(store.revision());
    },
    sizeBytes: () => store.sizeBytes(),
  };
}
