import { etcdserverpb } from '../../gen/proto.js';
import type { KvStore } from '../../kv/store.js';
import type { Exposition } from '../../metrics/exposition.js';
import { formatMemberId } from '../../util/member-id.js';
import type { Reader } from '../requests/reader.js';
import type { Measurements } from './measurements.js';

const { AlarmType } = etcdserverpb;

export interface RequestMetricsOptions {
  readonly store: Pick<KvStore, 'alarms'>;
  readonly reader: Pick<Reader, 'counts'>;
  readonly measurements: Measurements;
}

/** Metrics of clients' requests, among them those that alerts use. */
export function requestMetrics(out: Exposition, { store, reader, measurements }: RequestMetricsOptions): void {
  const { applyDurations, ranges, clientVersions, peerOutcomes } = measurements;
  const { slow, failed } = reader.counts;
  out.counter('etcd_server_slow_apply_total', 'Commands that took long to apply.', applyDurations.slow);
  out.counter('etcd_server_slow_read_indexes_total', 'Reads that a leader did not confirm in time.', slow);
  out.counter('etcd_server_read_indexes_failed_total', 'Reads that failed for want of a leader.', failed);
  out.counter(
    'etcd_server_heartbeat_send_failures_total',
    'Heartbeats of this member as a leader that left over an interval late.',
    peerOutcomes.lateHeartbeats,
  );
  out.histograms({
    name: 'etcd_server_apply_duration_seconds',
    help: 'Time to apply a command: an equal share of the time of its batch.',
    samples: applyDurations.histograms.samples(),
  });
  out.histograms({
    name: 'etcd_server_range_duration_seconds',
    help: 'Time to evaluate a range.',
    samples: ranges.samples(),
  });
  out.family('counter', {
    name: 'etcd_server_client_requests_total',
    help: 'Calls of clients, by the version that they state.',
    samples: clientVersions.all().map(({ type, version, count }) => ({
      labels: { type, client_api_version: version },
      value: count,
    })),
  });
  out.family('gauge', {
    name: 'etcd_debugging_server_alarms',
    help: 'Raised alarms.',
    samples: store.alarms().map(({ kind, memberId: member }) => ({
      labels: { server_id: formatMemberId(member), alarm_type: AlarmType[kind] ?? String(kind) },
      value: 1,
    })),
  });
}
