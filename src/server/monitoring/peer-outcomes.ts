import type { Exposition } from '../../metrics/exposition.js';
import { exponentialBounds, Histogram } from '../../metrics/histogram.js';
import type { NodeId } from '../../raft/types.js';
import { formatMemberId } from '../../util/member-id.js';

const SECOND_MS = 1_000;

/** Transfers of snapshots to or from one peer. */
export class Transfers {
  successes = 0;
  failures = 0;
  running = 0;
  /** Of all that have ended, in seconds. */
  readonly durations = new Histogram(exponentialBounds(0.1, 2, 10));

  /** @returns a function that ends the transfer; further calls have no effect */
  begin(now: () => number): (ok: boolean) => void {
    const startMs = now();
    this.running += 1;
    let ended = false;
    return (ok) => {
      if (ended) return;
      ended = true;
      this.running -= 1;
      if (ok) this.successes += 1;
      else this.failures += 1;
      this.durations.observe((now() - startMs) / SECOND_MS);
    };
  }
}

export interface PeerOutcome {
  /** Turns of the loop in which messages to the peer were dropped. */
  sendFailures: number;
  /** Times that the link to the peer broke. */
  receiveFailures: number;
  readonly sent: Transfers;
  readonly received: Transfers;
}

/** Counts failures between this member and the others, and transfers of snapshots. */
export class PeerOutcomes {
  /** Heartbeats of this member as a leader that left late. */
  lateHeartbeats = 0;
  readonly #peers = new Map<NodeId, PeerOutcome>();

  of(peer: NodeId): PeerOutcome {
    let found = this.#peers.get(peer);
    if (found === undefined) {
      found = { sendFailures: 0, receiveFailures: 0, sent: new Transfers(), received: new Transfers() };
      this.#peers.set(peer, found);
    }
    return found;
  }

  /** By ascending id. */
  all(): readonly (readonly [NodeId, PeerOutcome])[] {
    return [...this.#peers].sort(([left], [right]) => left - right);
  }
}

/** By etcd's names and labels; the peers that are members now have a sample each. */
export function peerOutcomeMetrics(out: Exposition, outcomes: PeerOutcomes, peers: readonly NodeId[]): void {
  for (const peer of peers) outcomes.of(peer);
  const all = outcomes.all().map(([peer, outcome]) => ({ id: formatMemberId(peer), ...outcome }));
  out.family('counter', {
    name: 'etcd_network_peer_sent_failures_total',
    help: 'The total number of send failures from peers.',
    samples: all.map(({ id, sendFailures }) => ({ labels: { To: id }, value: sendFailures })),
  });
  out.family('counter', {
    name: 'etcd_network_peer_received_failures_total',
    help: 'The total number of receive failures from peers.',
    samples: all.map(({ id, receiveFailures }) => ({ labels: { From: id }, value: receiveFailures })),
  });
  for (const { word, label, of } of [
    { word: 'send', label: 'To', of: ({ sent }: PeerOutcome) => sent },
    { word: 'receive', label: 'From', of: ({ received }: PeerOutcome) => received },
  ]) {
    const samples = (value: (transfers: Transfers) => number) =>
      all.map((peer) => ({ labels: { [label]: peer.id }, value: value(of(peer)) }));
    out.family('counter', {
      name: `etcd_network_snapshot_${word}_success`,
      help: `Total number of successful snapshot ${word}s`,
      samples: samples(({ successes }) => successes),
    });
    out.family('counter', {
      name: `etcd_network_snapshot_${word}_failures`,
      help: `Total number of snapshot ${word} failures`,
      samples: samples(({ failures }) => failures),
    });
    out.family('gauge', {
      name: `etcd_network_snapshot_${word}_inflights_total`,
      help: `Total number of inflight snapshot ${word}s`,
      samples: samples(({ running }) => running),
    });
    out.histograms({
      name: `etcd_network_snapshot_${word}_total_duration_seconds`,
      help: `Total latency distributions of v3 snapshot ${word}s`,
      samples: all.map((peer) => ({ labels: { [label]: peer.id }, histogram: of(peer).durations })),
    });
  }
}
