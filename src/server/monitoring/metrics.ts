import type { KvStore } from '../../kv/store.js';
import { Exposition } from '../../metrics/exposition.js';
import { processMetrics } from '../../metrics/process-metrics.js';
import type { RaftNode } from '../../node/node.js';
import { NONE } from '../../raft/types.js';
import { Code } from '../../rpc/status.js';
import type { CallTally } from '../../rpc/tally.js';
import type { ConnectionCounts, Measurements } from './measurements.js';
import { trafficMetrics } from './peer-traffic.js';
import type { PendingCalls } from '../requests/pending.js';
import type { Proposer } from '../requests/proposer.js';
import type { WatchService } from '../watch/service.js';
import { ETCD_API_VERSION, RAFTKV_VERSION } from '../startup/version.js';
import { formatMemberId } from '../../util/member-id.js';

export interface MetricsOptions {
  readonly memberId: number;
  readonly node: RaftNode;
  readonly store: KvStore;
  readonly watches: Pick<WatchService, 'counts'>;
  readonly proposer: Proposer;
  readonly pending: PendingCalls;
  readonly isLearner: () => boolean;
  /** 0 for none. */
  readonly quotaBytes: number;
  readonly measurements: Measurements;
}

/** All metrics of a member, as text. etcd's names where the meaning is etcd's; ours begin with raftkv_. */
export async function metricsText(options: MetricsOptions): Promise<string> {
  const out = new Exposition();
  serverMetrics(out, options);
  await storeMetrics(out, options);
  watchMetrics(out, options);
  leaseMetrics(out, options.measurements);
  diskMetrics(out, options.measurements);
  networkMetrics(out, options);
  callMetrics(out, options.measurements.tallies.all());
  connectionMetrics(out, options.measurements.connections);
  raftkvMetrics(out, options);
  processMetrics(out);
  return out.text();
}

function serverMetrics(out: Exposition, { memberId, node, proposer, isLearner, measurements }: MetricsOptions): void {
  const { leader, commit, applied } = node.status();
  const flag = (value: boolean): number => (value ? 1 : 0);
  out.gauge('etcd_server_has_leader', 'Whether a leader is known.', flag(leader !== NONE));
  out.gauge('etcd_server_is_leader', 'Whether this member leads.', flag(leader === memberId));
  out.gauge('etcd_server_is_learner', 'Whether this member is a learner.', flag(isLearner()));
  out.counter('etcd_server_leader_changes_seen_total', 'Leaders that came to be known.', measurements.leaderChanges);
  out.gauge('etcd_server_proposals_committed_total', 'Index of the last committed entry.', commit);
  out.gauge('etcd_server_proposals_applied_total', 'Index of the last applied entry.', applied);
  out.gauge('etcd_server_proposals_pending', 'Proposals that wait for their answers.', proposer.waiting);
  out.counter('etcd_server_proposals_failed_total', 'Proposals that ended without an answer.', proposer.failures);
  out.counter('etcd_server_health_success', 'Answers of /health that were good.', measurements.healthy);
  out.counter('etcd_server_health_failures', 'Answers of /health that were not.', measurements.unhealthy);
  out.gauge('etcd_server_id', 'The id of this member.', 1, { server_id: formatMemberId(memberId) });
  out.gauge('etcd_server_version', "The version of etcd's API.", 1, { server_version: ETCD_API_VERSION });
}

async function storeMetrics(out: Exposition, { store, quotaBytes }: MetricsOptions): Promise<void> {
  const sizeBytes = await store.sizeBytes();
  const { ranges, puts, deletes, txns, compacted } = store.counts;
  out.gauge('etcd_mvcc_db_total_size_in_bytes', 'Size of the store, roughly.', sizeBytes);
  out.gauge('etcd_mvcc_db_total_size_in_use_in_bytes', 'The same: what is free is given back.', sizeBytes);
  out.gauge('etcd_server_quota_backend_bytes', 'Size from which on writes are refused; 0 for none.', quotaBytes);
  // etcd has each of them under both names.
  for (const prefix of ['etcd_mvcc', 'etcd_debugging_mvcc']) {
    out.counter(`${prefix}_range_total`, 'Ranges that this member has read.', ranges);
    out.counter(`${prefix}_put_total`, 'Puts that this member has applied.', puts);
    out.counter(`${prefix}_delete_total`, 'Deletions that this member has applied.', deletes);
    out.counter(`${prefix}_txn_total`, 'Transactions that this member has applied or read.', txns);
  }
  out.gauge('etcd_debugging_mvcc_keys_total', 'Keys that are there; absent while they are counted.', store.keyCount());
  out.counter('etcd_debugging_mvcc_db_compaction_keys_total', 'Versions that compactions have removed.', compacted);
  out.gauge('etcd_debugging_mvcc_current_revision', 'The newest revision.', store.revision());
  // Before the first compaction it is below every revision.
  out.gauge('etcd_debugging_mvcc_compact_revision', 'The compacted revision.', store.compactedRevision());
}

function watchMetrics(out: Exposition, { store, watches }: MetricsOptions): void {
  const { watchers, live } = store.watches.counts;
  const { streams, eventsSent, eventsWaiting } = watches.counts();
  out.gauge('etcd_debugging_mvcc_watch_stream_total', 'Streams of watches that are open.', streams);
  out.gauge('etcd_debugging_mvcc_watcher_total', 'Watches, those of locks and elections too.', watchers);
  out.gauge('etcd_debugging_mvcc_slow_watcher_total', 'Watches that are not up to date.', watchers - live);
  out.counter('etcd_debugging_mvcc_events_total', 'Events that were sent.', eventsSent);
  out.gauge('etcd_debugging_mvcc_pending_events_total', 'Events that wait to be sent.', eventsWaiting);
}

function leaseMetrics(out: Exposition, measurements: Measurements): void {
  const { leasesGranted, leasesRevoked, leasesRenewed, leasesExpired, leaseTtl } = measurements;
  out.counter('etcd_debugging_lease_granted_total', 'Leases that were granted.', leasesGranted);
  out.counter('etcd_debugging_lease_revoked_total', 'Leases that were revoked, or have run out.', leasesRevoked);
  out.counter('etcd_debugging_lease_renewed_total', 'Renewals by this member as a leader.', leasesRenewed);
  out.counter('etcd_debugging_server_lease_expired_total', 'Leases that this member as a leader ended.', leasesExpired);
  out.histogram('etcd_debugging_lease_ttl_total', 'TTLs of the leases that were granted, in seconds.', leaseTtl);
}

function diskMetrics(out: Exposition, { walSync, walBytes, engineWrite }: Measurements): void {
  out.histogram('etcd_disk_wal_fsync_duration_seconds', 'Time of a sync of the log.', walSync);
  out.gauge('etcd_disk_wal_write_bytes_total', 'Bytes written to the log.', walBytes);
  out.histogram('etcd_disk_backend_commit_duration_seconds', 'Time of a write of a batch to the engine.', engineWrite);
}

function networkMetrics(out: Exposition, { memberId, node, store, measurements }: MetricsOptions): void {
  const peers = store.members().filter(({ id }) => id !== memberId);
  out.family('gauge', {
    name: 'etcd_network_active_peers',
    help: 'Whether the link to a peer is up.',
    samples: peers.map(({ id }) => ({
      labels: { Local: formatMemberId(memberId), Remote: formatMemberId(id) },
      value: node.isConnected(id) ? 1 : 0,
    })),
  });
  trafficMetrics(out, measurements.traffic);
}

/** etcd's way to write the kinds of methods and the codes. */
const KINDS = { unary: 'unary', 'server-stream': 'server_stream', bidi: 'bidi_stream' } as const;
const CODES = Object.entries(Code).map(([name, code]) => ({ name: code === Code.OK ? 'OK' : inCamelCase(name), code }));

function inCamelCase(name: string): string {
  // gRPC for Go has a spelling of its own for this one.
  if (name === 'CANCELLED') return 'Canceled';
  return name.toLowerCase().replace(/(^|_)([a-z])/g, (_, _start, letter: string) => letter.toUpperCase());
}

function callMetrics(out: Exposition, tallies: readonly CallTally[]): void {
  const called = tallies.filter(({ started }) => started > 0);
  const labelsOf = ({ method }: CallTally) => {
    const [, service = '', name = ''] = method.path.split('/');
    return { grpc_method: name, grpc_service: service, grpc_type: KINDS[method.kind] };
  };
  out.family('counter', {
    name: 'grpc_server_started_total',
    help: 'Calls that began, of gRPC and of the JSON gateway.',
    samples: called.map((tally) => ({ labels: labelsOf(tally), value: tally.started })),
  });
  out.family('counter', {
    name: 'grpc_server_msg_received_total',
    help: 'Messages that came.',
    samples: called.map((tally) => ({ labels: labelsOf(tally), value: tally.received })),
  });
  out.family('counter', {
    name: 'grpc_server_msg_sent_total',
    help: 'Messages that were sent.',
    samples: called.map((tally) => ({ labels: labelsOf(tally), value: tally.sent })),
  });
  const sum = (bytesOf: (tally: CallTally) => number): number =>
    called.reduce((total, tally) => total + bytesOf(tally), 0);
  const [receivedBytes, sentBytes] = [sum((tally) => tally.receivedBytes), sum((tally) => tally.sentBytes)];
  out.counter('etcd_network_client_grpc_received_bytes_total', "Bytes of clients' messages.", receivedBytes);
  out.counter('etcd_network_client_grpc_sent_bytes_total', 'Bytes of messages to clients.', sentBytes);
  out.family('counter', {
    name: 'grpc_server_handled_total',
    help: 'Calls that ended, by how they did.',
    samples: called.flatMap((tally) =>
      CODES.map(({ name, code }) => ({
        labels: { grpc_code: name, ...labelsOf(tally) },
        value: tally.endedWith(code),
      })).filter(({ value }) => value > 0),
    ),
  });
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

function raftkvMetrics(out: Exposition, { node, pending }: MetricsOptions): void {
  const { term, lastIndex, firstIndex } = node.status();
  const { stalenessMs } = node.freshness();
  out.gauge('raftkv_info', 'The version of raftkv, and of Node.', 1, {
    version: RAFTKV_VERSION,
    node_version: process.version,
  });
  out.gauge('raftkv_raft_term', 'The term.', term);
  out.gauge('raftkv_log_first_index', 'The first entry that the log holds.', firstIndex);
  out.gauge('raftkv_log_last_index', 'The last one.', lastIndex);
  out.gauge('raftkv_calls_waiting', 'Calls that wait for the log, an index or a revision.', pending.size);
  const staleness = stalenessMs === undefined ? undefined : stalenessMs / 1_000;
  out.gauge('raftkv_staleness_seconds', 'A bound of the age of this state; absent if unknown.', staleness);
  const { utilization } = performance.eventLoopUtilization();
  out.gauge(
    'raftkv_event_loop_utilization',
    'Share of time that the event loop was busy, since the start.',
    utilization,
  );
}
