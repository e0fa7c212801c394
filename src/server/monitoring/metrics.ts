import type { KvStore } from '../../kv/store.js';
import { Exposition } from '../../metrics/exposition.js';
import { processMetrics } from '../../metrics/process-metrics.js';
import type { RaftNode } from '../../node/node.js';
import { NONE, type NodeId } from '../../raft/types.js';
import { requestMetrics } from './request-metrics.js';
import { feedMetrics } from './feed-metrics.js';
import { callMetrics } from './call-metrics.js';
import { handshakeMetrics } from './handshake-metrics.js';
import { indexMetrics } from './index-metrics.js';
import { hotMetrics } from './hot-metrics.js';
import type { ConnectionCounts, Measurements } from './measurements.js';
import { peerOutcomeMetrics } from './peer-outcomes.js';
import { trafficMetrics } from './peer-traffic.js';
import { LIMITS, type LimitHits } from '../../util/limit-hits.js';
import type { HotKeys } from '../hot/hot-keys.js';
import type { PendingCalls } from '../requests/pending.js';
import type { Proposer } from '../requests/proposer.js';
import type { Reader } from '../requests/reader.js';
import type { WatchService } from '../watch/service.js';
import { ETCD_API_VERSION, ETCD_CLUSTER_VERSION, RAFTKV_VERSION } from '../settings/version.js';
import { formatMemberId } from '../../util/member-id.js';

export interface MetricsOptions {
  readonly memberId: number;
  readonly node: RaftNode;
  readonly store: KvStore;
  readonly watches: Pick<WatchService, 'counts'>;
  /** The subscriptions of change feeds. */
  readonly feeds: { readonly size: number };
  readonly proposer: Proposer;
  readonly reader: Pick<Reader, 'counts'>;
  readonly pending: PendingCalls;
  readonly isLearner: () => boolean;
  /** Undefined if keys are not counted. */
  readonly hot: HotKeys | undefined;
  /** 0 if there is none. */
  readonly quotaBytes: number;
  readonly measurements: Measurements;
}

/** All metrics of a member in Prometheus's format: by etcd's names if the meaning is etcd's, otherwise with the prefix raftkv_. */
export async function metricsText(options: MetricsOptions): Promise<string> {
  const out = new Exposition();
  serverMetrics(out, options);
  requestMetrics(out, options);
  await storeMetrics(out, options);
  watchMetrics(out, options);
  feedMetrics(out, options.store, options.feeds.size);
  await indexMetrics(out, options.store);
  leaseMetrics(out, options.measurements);
  sessionMetrics(out, options.store);
  diskMetrics(out, options.measurements);
  networkMetrics(out, options);
  callMetrics(out, options.measurements.tallies.all());
  options.measurements.callDurations.print(out, options.measurements.extensive);
  options.measurements.healthChecks.print(out);
  connectionMetrics(out, options.measurements.connections);
  handshakeMetrics(out, options.measurements.handshakes);
  limitMetrics(out, options.measurements.limits);
  if (options.hot !== undefined) hotMetrics(out, options.hot);
  const unsentBytes = options.measurements.unsentAnswerBytes();
  out.gauge('raftkv_unsent_answer_bytes', 'Bytes of answers that clients have not taken.', unsentBytes);
  raftkvMetrics(out, options);
  processMetrics(out);
  return out.text();
}

function serverMetrics(out: Exposition, { memberId, node, proposer, isLearner, measurements }: MetricsOptions): void {
  const { leader, commit, applied } = node.status();
  const flag = (value: boolean): number => (value ? 1 : 0);
  out.gauge('etcd_server_has_leader', 'Whether this member knows a leader.', flag(leader !== NONE));
  out.gauge('etcd_server_is_leader', 'Whether this member leads.', flag(leader === memberId));
  out.gauge('etcd_server_is_learner', 'Whether this member is a learner.', flag(isLearner()));
  out.counter('etcd_server_leader_changes_seen_total', 'Changes of the known leader.', measurements.leaderChanges);
  out.gauge('etcd_server_proposals_committed_total', 'Index of the last committed entry.', commit);
  out.gauge('etcd_server_proposals_applied_total', 'Index of the last applied entry.', applied);
  out.gauge('etcd_server_proposals_pending', 'Proposals without an answer yet.', proposer.waiting);
  out.counter('etcd_server_proposals_failed_total', 'Proposals that ended without an answer.', proposer.failures);
  out.counter('etcd_server_health_success', 'Healthy answers of /health.', measurements.healthy);
  out.counter('etcd_server_health_failures', 'Unhealthy answers of /health.', measurements.unhealthy);
  out.gauge('etcd_server_id', 'The id of this member.', 1, { server_id: formatMemberId(memberId) });
  out.gauge('etcd_server_version', "The version of etcd's API.", 1, { server_version: ETCD_API_VERSION });
  out.gauge('etcd_cluster_version', 'The version of the cluster.', 1, { cluster_version: clusterVersion() });
}

/** As etcd has it here: major and minor. */
function clusterVersion(): string {
  return ETCD_CLUSTER_VERSION.replace(/\.\d+$/, '');
}

async function storeMetrics(out: Exposition, { store, quotaBytes }: MetricsOptions): Promise<void> {
  const sizeBytes = await store.sizeBytes();
  const { ranges, puts, deletes, txns, compacted } = store.counts;
  out.gauge('etcd_mvcc_db_total_size_in_bytes', 'Size of the store, roughly.', sizeBytes + store.freeBytes());
  out.gauge('etcd_mvcc_db_total_size_in_use_in_bytes', 'The same without the free pages of LMDB.', sizeBytes);
  out.gauge('etcd_server_quota_backend_bytes', 'Size at which writes are refused; 0 for none.', quotaBytes);
  // etcd has each under both names.
  for (const prefix of ['etcd_mvcc', 'etcd_debugging_mvcc']) {
    out.counter(`${prefix}_range_total`, 'Ranges read by this member.', ranges);
    out.counter(`${prefix}_put_total`, 'Puts applied by this member.', puts);
    out.counter(`${prefix}_delete_total`, 'Deletions applied by this member.', deletes);
    out.counter(`${prefix}_txn_total`, 'Transactions applied or read by this member.', txns);
  }
  out.gauge('etcd_debugging_mvcc_keys_total', 'Current keys; absent while they are counted.', store.keyCount());
  out.counter('etcd_debugging_mvcc_db_compaction_keys_total', 'Versions removed by compactions.', compacted);
  out.gauge('etcd_debugging_mvcc_current_revision', 'The newest revision.', store.revision());
  // Before the first compaction it is below every revision.
  out.gauge('etcd_debugging_mvcc_compact_revision', 'The compacted revision.', store.compactedRevision());
}

function watchMetrics(out: Exposition, { store, watches }: MetricsOptions): void {
  const { watchers, live } = store.watches.counts;
  const { streams, eventsSent, eventsWaiting } = watches.counts();
  out.gauge('etcd_debugging_mvcc_watch_stream_total', 'Open watch streams.', streams);
  out.gauge('etcd_debugging_mvcc_watcher_total', 'Watches, those of locks and elections too.', watchers);
  out.gauge('etcd_debugging_mvcc_slow_watcher_total', 'Watches that have fallen behind.', watchers - live);
  out.counter('etcd_debugging_mvcc_events_total', 'Sent events.', eventsSent);
  out.gauge('etcd_debugging_mvcc_pending_events_total', 'Events waiting to be sent.', eventsWaiting);
}

function leaseMetrics(out: Exposition, measurements: Measurements): void {
  const { leasesGranted, leasesRevoked, leasesRenewed, leasesExpired, leaseTtl } = measurements;
  out.counter('etcd_debugging_lease_granted_total', 'Granted leases.', leasesGranted);
  out.counter('etcd_debugging_lease_revoked_total', 'Revoked and expired leases.', leasesRevoked);
  out.counter('etcd_debugging_lease_renewed_total', 'Renewals by this member as a leader.', leasesRenewed);
  out.counter('etcd_debugging_server_lease_expired_total', 'Leases expired by this member as a leader.', leasesExpired);
  out.histogram('etcd_debugging_lease_ttl_total', 'TTLs of granted leases, in seconds.', leaseTtl);
}

function sessionMetrics(out: Exposition, { sessions }: Pick<KvStore, 'sessions'>): void {
  const { size, openSequences, keptBytes, repeats } = sessions;
  out.gauge('raftkv_sessions', 'Client sessions.', size);
  out.gauge(
    'raftkv_session_open_sequences',
    'Writes of sessions that are applied and not acknowledged.',
    openSequences,
  );
  out.gauge('raftkv_session_result_bytes', 'Bytes of the results that sessions keep.', keptBytes);
  out.counter('raftkv_session_repeats_total', 'Writes answered with the result of an earlier one.', repeats);
}

function diskMetrics(out: Exposition, measurements: Measurements): void {
  const { walSync, walBytes, engineWrite, defragmenting, defragmentations, snapshots } = measurements;
  out.histogram('etcd_disk_wal_fsync_duration_seconds', 'Time of a sync of the log.', walSync);
  out.gauge('etcd_disk_wal_write_bytes_total', 'Bytes written to the log.', walBytes);
  out.histogram('etcd_disk_backend_commit_duration_seconds', 'Time of a write of a batch to the engine.', engineWrite);
  out.gauge('etcd_disk_defrag_inflight', 'Whether a defragmentation runs.', defragmenting > 0 ? 1 : 0);
  out.histogram('etcd_disk_backend_defrag_duration_seconds', 'Time of a defragmentation.', defragmentations);
  out.histogram('etcd_disk_backend_snapshot_duration_seconds', 'Time to send a snapshot to a client.', snapshots);
}

function networkMetrics(out: Exposition, { memberId, node, store, measurements }: MetricsOptions): void {
  const peers = store
    .members()
    .map(({ id }) => id)
    .filter((id) => id !== memberId);
  const samples = (value: (id: NodeId) => number) =>
    peers.map((id) => ({
      labels: { Local: formatMemberId(memberId), Remote: formatMemberId(id) },
      value: value(id),
    }));
  out.family('gauge', {
    name: 'etcd_network_known_peers',
    help: 'The other members of the cluster.',
    samples: samples(() => 1),
  });
  out.family('gauge', {
    name: 'etcd_network_active_peers',
    help: 'Whether the link to a peer is up.',
    samples: samples((id) => (node.isConnected(id) ? 1 : 0)),
  });
  peerOutcomeMetrics(out, measurements.peerOutcomes, peers);
  trafficMetrics(out, measurements.traffic);
}

function connectionMetrics(out: Exposition, ports: readonly ConnectionCounts[]): void {
  const samples = (value: (counts: ConnectionCounts) => number) =>
    ports.map((counts) => ({ labels: { port: counts.port }, value: value(counts) }));
  out.family('gauge', {
    name: 'raftkv_connections',
    help: 'Open connections.',
    samples: samples(({ open }) => open),
  });
  out.family('gauge', {
    name: 'raftkv_connections_max',
    help: 'Connections that may be open.',
    samples: samples(({ max }) => max),
  });
  out.family('counter', {
    name: 'raftkv_connections_rejected_total',
    help: 'Connections closed because raftkv_connections_max were open.',
    samples: samples(({ rejected }) => rejected),
  });
}

function limitMetrics(out: Exposition, limits: LimitHits): void {
  out.family('counter', {
    name: 'raftkv_limit_hits_total',
    help: 'Connections, requests and calls that exceeded a bound.',
    samples: LIMITS.map((limit) => ({ labels: { limit }, value: limits.of(limit) })),
  });
}

function raftkvMetrics(out: Exposition, { node, pending }: MetricsOptions): void {
  const { term, lastIndex, firstIndex } = node.status();
  const { stalenessMs } = node.freshness();
  out.gauge('raftkv_info', 'The version of raftkv, and of Node.', 1, {
    version: RAFTKV_VERSION,
    node_version: process.version,
  });
  out.gauge('raftkv_raft_term', 'The term.', term);
  out.gauge('raftkv_log_first_index', 'The first entry in the log.', firstIndex);
  out.gauge('raftkv_log_last_index', 'The last entry in the log.', lastIndex);
  out.gauge('raftkv_calls_waiting', 'Calls waiting for the log, an index or a revision.', pending.size);
  const staleness = stalenessMs === undefined ? undefined : stalenessMs / 1_000;
  out.gauge('raftkv_staleness_seconds', 'Upper bound of the age of this state; absent if unknown.', staleness);
  const { utilization } = performance.eventLoopUtilization();
  out.gauge(
    'raftkv_event_loop_utilization',
    'Share of the time since the start in which the event loop was busy.',
    utilization,
  );
}
