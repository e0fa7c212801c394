import { expect } from 'chai';
import { Exposition } from '../../../src/metrics/exposition.js';
import { PeerTraffic, trafficMetrics } from '../../../src/server/monitoring/peer-traffic.js';
import { samples } from '../../support/samples.js';

describe('PeerTraffic', () => {
  it("exposes bytes and round trips by peer, with etcd's labels", () => {
    const traffic = new PeerTraffic();
    traffic.sent(0xab, 10);
    traffic.sent(0xab, 5);
    traffic.received(0x7, 3);
    traffic.roundTrip(0xab, 0.15);
    traffic.roundTrip(0xab, 1_000);
    const out = new Exposition();
    trafficMetrics(out, traffic);
    const shown = [...samples(out.text())].filter(
      ([name]) => !/_bucket|refused/.test(name) || /ab.*le="0.0002"/.test(name),
    );
    expect(shown).to.deep.equal([
      ['etcd_network_peer_sent_bytes_total{To="0000000000000007"}', 0],
      ['etcd_network_peer_sent_bytes_total{To="00000000000000ab"}', 15],
      ['etcd_network_peer_received_bytes_total{From="0000000000000007"}', 3],
      ['etcd_network_peer_received_bytes_total{From="00000000000000ab"}', 0],
      ['etcd_network_peer_round_trip_time_seconds_sum{To="0000000000000007"}', 0],
      ['etcd_network_peer_round_trip_time_seconds_count{To="0000000000000007"}', 0],
      ['etcd_network_peer_round_trip_time_seconds_bucket{To="00000000000000ab",le="0.0002"}', 1],
      ['etcd_network_peer_round_trip_time_seconds_sum{To="00000000000000ab"}', 1.00015],
      ['etcd_network_peer_round_trip_time_seconds_count{To="00000000000000ab"}', 2],
    ]);
  });

  it('is exposed for no member before there is any', () => {
    const out = new Exposition();
    trafficMetrics(out, new PeerTraffic());
    expect([...samples(out.text()).keys()].filter((name) => name.startsWith('etcd_'))).to.deep.equal([]);
  });

  it('counts refusals by kind, from 0', () => {
    const traffic = new PeerTraffic();
    for (const what of ['frame', 'frame', 'unknown-member'] as const) traffic.refused(what);
    const out = new Exposition();
    trafficMetrics(out, traffic);
    expect([...samples(out.text())]).to.deep.equal(
      Object.entries({
        hello: 0,
        'unknown-member': 1,
        'unproven-member': 0,
        'too-many-links': 0,
        'too-many-bytes': 0,
        frame: 2,
        message: 0,
      }).map(([what, value]) => [`raftkv_network_peer_refused_total{What="${what}"}`, value]),
    );
  });
});
