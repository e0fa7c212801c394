import type { Exposition } from '../../metrics/exposition.js';
import { exponentialBounds, Histogram } from '../../metrics/histogram.js';
import type { NodeId } from '../../raft/types.js';
import { REFUSALS, type Refusal, type TrafficListener } from '../../transport/traffic.js';
import { formatMemberId } from '../../util/member-id.js';

export interface Traffic {
  sentBytes: number;
  receivedBytes: number;
  /** In seconds. */
  readonly roundTrip: Histogram;
}

/** Counts the traffic with each of the other members. */
export class PeerTraffic implements TrafficListener {
  readonly #peers = new Map<NodeId, Traffic>();
  /** Refused on the peer port, by kind. */
  readonly refusals = new Map<Refusal, number>(REFUSALS.map((what) => [what, 0]));

  sent(peer: NodeId, bytes: number): void {
    this.#of(peer).sentBytes += bytes;
  }

  received(peer: NodeId, bytes: number): void {
    this.#of(peer).receivedBytes += bytes;
  }

  roundTrip(peer: NodeId, ms: number): void {
    this.#of(peer).roundTrip.observe(ms / 1_000);
  }

  refused(what: Refusal): void {
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
  }

  /** By ascending id. */
  all(): readonly (readonly [NodeId, Traffic])[] {
    return [...this.#peers].sort(([left], [right]) => left - right);
  }

  #of(peer: NodeId): Traffic {
    const found = this.#peers.get(peer);
    if (found !== undefined) return found;
    const traffic: Traffic = {
      sentBytes: 0,
      receivedBytes: 0,
      roundTrip: new Histogram(exponentialBounds(0.0001, 2, 16)),
    };
    this.#peers.set(peer, traffic);
    return traffic;
  }
}

/** By etcd's names and labels. */
export function trafficMetrics(out: Exposition, traffic: PeerTraffic): void {
  const labelled = traffic.all().map(([peer, each]) => ({ id: formatMemberId(peer), ...each }));
  out.family('counter', {
    name: 'etcd_network_peer_sent_bytes_total',
    help: 'Bytes of messages and snapshots to a peer.',
    samples: labelled.map(({ id, sentBytes }) => ({ labels: { To: id }, value: sentBytes })),
  });
  out.family('counter', {
    name: 'etcd_network_peer_received_bytes_total',
    help: 'Bytes of messages and snapshots from a peer.',
    samples: labelled.map(({ id, receivedBytes }) => ({ labels: { From: id }, value: receivedBytes })),
  });
  out.family('counter', {
    name: 'raftkv_network_peer_refused_total',
    help: 'Links, snapshots, frames and messages on the peer port that were refused, by what was wrong.',
    samples: [...traffic.refusals].map(([what, value]) => ({ labels: { What: what }, value })),
  });
  out.histograms({
    name: 'etcd_network_peer_round_trip_time_seconds',
    help: 'Time until a ping of a link to a peer came back.',
    samples: labelled.map(({ id, roundTrip }) => ({ labels: { To: id }, histogram: roundTrip })),
  });
}
