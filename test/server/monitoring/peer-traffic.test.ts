import { expect } from 'chai';
import { Exposition } from '../../../src/metrics/exposition.js';
import { PeerTraffic, trafficMetrics } from '../../../src/server/monitoring/peer-traffic.js';
import { samples } from '../../support/samples.js';

describe('the traffic with peers', () => {
  it('is told by peer, with the labels of etcd', () => {
    const traffic = new PeerTraffic();
    traffic.sent(0xab, 10);
    traffic.sent(0xab, 5);
    traffic.received(0x7, 3);
    traffic.roundTrip(0xab, 0.15);
    traffic.roundTrip(0xab, 1_000);
    const out = new Exposition();
    trafficMetrics(out, traffic);
    const shown = [...samples(out.text())].filter(([name]) => !/_bucket/.test(name) || /ab.*le="0.0002"/.test(name));
    expect(shown).to.deep.equal([
      ['etcd_network_peer_sent_bytes_total{To="7"}', 0],
      ['etcd_network_peer_sent_bytes_total{To="ab"}', 15],
      ['etcd_network_peer_received_bytes_total{From="7"}', 3],
      ['etcd_network_peer_received_bytes_total{From="ab"}', 0],
      ['etcd_network_peer_round_trip_time_seconds_sum{To="7"}', 0],
      ['etcd_network_peer_round_trip_time_seconds_count{To="7"}', 0],
      ['etcd_network_peer_round_trip_time_seconds_bucket{To="ab",le="0.0002"}', 1],
      ['etcd_network_peer_round_trip_time_seconds_sum{To="ab"}', 1.00015],
      ['etcd_network_peer_round_trip_time_seconds_count{To="ab"}', 2],
    ]);
  });

  it('is not told where there is none', () => {
    const out = new Exposition();
    trafficMetrics(out, new PeerTraffic());
    expect(out.text()).to.equal('\n');
  });
});
