import type { LeaseChange, ReadResult } from '../../kv/store.js';
import { exponentialBounds, Histogram } from '../../metrics/histogram.js';
import { NONE, type NodeId } from '../../raft/types.js';
import { CallTallies } from '../../rpc/tally.js';
import { LimitHits } from '../../util/limit-hits.js';
import type { FailureKind } from '../../tls/failures.js';
import { ApplyDurations } from './apply-durations.js';
import { CallDurations } from './call-durations.js';
import { ClientVersions } from './client-versions.js';
import { HealthOutcomes } from './health-outcomes.js';
import { LabelledHistograms } from './labelled-histograms.js';
import { PeerOutcomes } from './peer-outcomes.js';
import { PeerTraffic } from './peer-traffic.js';
import type { SlowWarnings } from './slow-warnings.js';

const SECONDS = 1_000;

/** The connections of one kind of listener. */
export interface ConnectionCounts {
  readonly port: string;
  readonly max: number;
  readonly open: number;
  /** Closed because of the bound, since the start. */
  readonly rejected: number;
}

/** The TLS handshakes of one kind of listener. */
export interface HandshakeCounts {
  readonly port: string;
  readonly max: number;
  readonly open: number;
  certificateEndMs(): number;
  readonly failures: { readonly of: (kind: FailureKind) => number };
}

/** Measurements taken while a member works. Everything else in its metrics is computed when they are collected. */
export class Measurements {
  /** Whether calls are timed by service and kind in the metrics, as with --metrics extensive. */
  readonly extensive: boolean;
  readonly callDurations = new CallDurations();
  readonly tallies: CallTallies;
  readonly traffic = new PeerTraffic();
  readonly peerOutcomes = new PeerOutcomes();
  readonly clientVersions = new ClientVersions();
  readonly healthChecks = new HealthOutcomes();
  readonly applyDurations: ApplyDurations;
  readonly ranges = new LabelledHistograms<'success'>(exponentialBounds(0.0001, 2, 20));
  readonly defragmentations = new Histogram(exponentialBounds(0.1, 2, 13));
  defragmenting = 0;
  readonly snapshots = new Histogram(exponentialBounds(0.01, 2, 17));
  /** How often clients exceeded each bound. */
  readonly limits = new LimitHits();
  readonly connections: ConnectionCounts[] = [];
  readonly handshakes: HandshakeCounts[] = [];
  /** The bytes of answers that clients have not taken. */
  unsentAnswerBytes = (): number => 0;
  readonly walSync = new Histogram(exponentialBounds(0.001, 2, 14));
  readonly engineWrite = new Histogram(exponentialBounds(0.001, 2, 14));
  walBytes = 0;
  leaderChanges = 0;
  leasesGranted = 0;
  /** Expired leases included. */
  leasesRevoked = 0;
  /** By this member as a leader, as are the expired ones. */
  leasesRenewed = 0;
  leasesExpired = 0;
  readonly leaseTtl = new Histogram(exponentialBounds(1, 2, 24));
  healthy = 0;
  unhealthy = 0;
  #leader: NodeId = NONE;

  constructor({ extensive = false, slow }: { readonly extensive?: boolean; readonly slow?: SlowWarnings } = {}) {
    this.extensive = extensive;
    this.tallies = new CallTallies((method, code, ms) => {
      this.callDurations.ended(method, code, ms);
      if (method.kind === 'unary') slow?.answered(method.path, ms);
    });
    this.applyDurations = new ApplyDurations(slow?.applyMs, (command, ms) => slow?.applied(command, ms));
  }

  readonly disk = {
    synced: (ms: number): void => this.walSync.observe(ms / SECONDS),
    wrote: (bytes: number): void => void (this.walBytes += bytes),
  };

  readonly onEngineWrite = (ms: number): void => this.engineWrite.observe(ms / SECONDS);

  readonly onHealth = (healthy: boolean): void => {
    if (healthy) this.healthy += 1;
    else this.unhealthy += 1;
  };

  readonly onSnapshotSent = (ms: number): void => this.snapshots.observe(ms / SECONDS);

  /** Measures each call of a function that evaluates ranges. */
  timed<Args extends readonly unknown[]>(
    range: (...args: Args) => ReadResult | Promise<ReadResult>,
  ): (...args: Args) => ReadResult | Promise<ReadResult> {
    let succeeded: Histogram | undefined;
    const ended = (result: ReadResult, startMs: number): ReadResult => {
      const seconds = (performance.now() - startMs) / SECONDS;
      if (result.kind === 'error') this.ranges.of({ success: 'false' }).observe(seconds);
      else (succeeded ??= this.ranges.of({ success: 'true' })).observe(seconds);
      return result;
    };
    return (...args) => {
      const startMs = performance.now();
      const result = range(...args);
      return result instanceof Promise ? result.then((made) => ended(made, startMs)) : ended(result, startMs);
    };
  }

  readonly timeDefragment = async (defragment: () => Promise<boolean>): Promise<boolean> => {
    const startMs = performance.now();
    this.defragmenting += 1;
    try {
      return await defragment();
    } finally {
      this.defragmenting -= 1;
      this.defragmentations.observe((performance.now() - startMs) / SECONDS);
    }
  };

  onLeases(changes: readonly LeaseChange[]): void {
    for (const { kind, lease } of changes) {
      if (kind === 'revoked') this.leasesRevoked += 1;
      else {
        this.leasesGranted += 1;
        this.leaseTtl.observe(lease.ttlSeconds);
      }
    }
  }

  /** Counts a leader once it is known and differs from the last known one. */
  onLeader(leader: NodeId): void {
    if (leader === NONE || leader === this.#leader) return;
    this.#leader = leader;
    this.leaderChanges += 1;
  }
}
