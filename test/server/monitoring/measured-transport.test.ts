import { expect } from 'chai';
import type { SnapshotDelivery, SnapshotIntake } from '../../../src/ports/snapshot.js';
import type { Packet, Transport, TransportListener } from '../../../src/ports/transport.js';
import type { Message } from '../../../src/raft/types.js';
import { Exposition } from '../../../src/metrics/exposition.js';
import { MeasuredTransport } from '../../../src/server/monitoring/measured-transport.js';
import { peerOutcomeMetrics, PeerOutcomes } from '../../../src/server/monitoring/peer-outcomes.js';
import { samples } from '../../support/samples.js';

/** A transport that records its calls. */
class FakeTransport implements Transport {
  listener: TransportListener | undefined;
  delivered = Promise.resolve(true);

  start(listener: TransportListener): void {
    this.listener = listener;
  }

  setPeers(): void {
    // Not observed.
  }

  send(): void {
    // Not observed.
  }

  sendSnapshot(): { delivered: Promise<boolean>; cancel: () => void } {
    return { delivered: this.delivered, cancel: () => undefined };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const SILENT: TransportListener = {
  onPacket: () => undefined,
  onUnreachable: () => undefined,
  onLink: () => undefined,
  onRemoved: () => undefined,
  onSnapshot: () => Promise.resolve('not now'),
};

describe('the measured transport', () => {
  let nowMs = 0;
  let outcomes: PeerOutcomes;
  let inner: FakeTransport;
  let transport: MeasuredTransport;

  beforeEach(() => {
    nowMs = 1_000;
    outcomes = new PeerOutcomes();
    inner = new FakeTransport();
    transport = new MeasuredTransport({ transport: inner, outcomes, heartbeatMs: 100, now: () => nowMs });
  });

  const shown = (): Map<string, number> => {
    const out = new Exposition();
    peerOutcomeMetrics(out, outcomes, [2]);
    return samples(out.text());
  };
  const PEER = '0000000000000002';
  const heartbeat = (term: number): Packet => ({
    group: 0,
    messages: [{ type: 'MsgHeartbeat', term } as Message],
    round: undefined,
    ack: undefined,
  });

  it('counts heartbeats of one term that are sent more than an interval late', () => {
    for (const [afterMs, term] of [
      [0, 1],
      [200, 1],
      [201, 1],
      [100, 1],
      [5_000, 2],
      [300, 2],
    ] as const) {
      nowMs += afterMs;
      transport.send(2, heartbeat(term));
    }
    expect(outcomes.lateHeartbeats).to.equal(2);
  });

  it('counts dropped messages and broken links by peer', () => {
    transport.start(SILENT);
    inner.listener?.onUnreachable(2);
    inner.listener?.onLink(2, 'up');
    inner.listener?.onLink(2, 'down');
    inner.listener?.onLink(2, 'down');
    const found = shown();
    expect(found.get(`etcd_network_peer_sent_failures_total{To="${PEER}"}`)).to.equal(1);
    expect(found.get(`etcd_network_peer_received_failures_total{From="${PEER}"}`)).to.equal(2);
  });

  it('counts and times the snapshots that it sends', async () => {
    for (const delivered of [true, false, true]) {
      inner.delivered = Promise.resolve(delivered);
      transport.sendSnapshot({ to: 2 } as SnapshotDelivery);
      expect(shown().get(`etcd_network_snapshot_send_inflights_total{To="${PEER}"}`)).to.equal(1);
      nowMs += 150;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const found = shown();
    expect(found.get(`etcd_network_snapshot_send_success{To="${PEER}"}`)).to.equal(2);
    expect(found.get(`etcd_network_snapshot_send_failures{To="${PEER}"}`)).to.equal(1);
    expect(found.get(`etcd_network_snapshot_send_inflights_total{To="${PEER}"}`)).to.equal(0);
    expect(found.get(`etcd_network_snapshot_send_total_duration_seconds_sum{To="${PEER}"}`)).to.be.closeTo(0.45, 1e-9);
  });

  it('counts the snapshots that it receives, each once', async () => {
    let retire: (reason: string) => void = () => undefined;
    const intake: SnapshotIntake = {
      position: { next: 0, digest: Buffer.alloc(0) },
      onRetired: (callback) => (retire = callback),
      take: () => Promise.resolve(),
      finish: () => undefined,
      release: () => undefined,
    };
    transport.start({ ...SILENT, onSnapshot: () => Promise.resolve(intake) });
    const begin = async (): Promise<SnapshotIntake> => {
      const begun = await inner.listener?.onSnapshot(2, {} as Message);
      if (begun === undefined || typeof begun === 'string') throw new Error('no intake');
      return begun;
    };
    (await begin()).finish();
    (await begin()).release();
    const third = await begin();
    third.onRetired(() => undefined);
    expect(shown().get(`etcd_network_snapshot_receive_inflights_total{From="${PEER}"}`)).to.equal(1);
    retire('another one');
    third.release();
    const found = shown();
    expect(found.get(`etcd_network_snapshot_receive_success{From="${PEER}"}`)).to.equal(1);
    expect(found.get(`etcd_network_snapshot_receive_failures{From="${PEER}"}`)).to.equal(2);
    expect(found.get(`etcd_network_snapshot_receive_total_duration_seconds_count{From="${PEER}"}`)).to.equal(3);
  });

  it('passes a refused snapshot on, without counting it', async () => {
    transport.start(SILENT);
    expect(await inner.listener?.onSnapshot(2, {} as Message)).to.equal('not now');
    expect(shown().get(`etcd_network_snapshot_receive_failures{From="${PEER}"}`)).to.equal(0);
  });
});
