import type { LeaseChange } from '../../kv/store.js';
import { exponentialBounds, Histogram } from '../../metrics/histogram.js';
import { NONE, type NodeId } from '../../raft/types.js';
import { CallTallies } from '../../rpc/tally.js';
import { PeerTraffic } from './peer-traffic.js';

const SECONDS = 1_000;

/** The connections of one kind of listener. */
export interface ConnectionCounts {
  readonly port: string;
  readonly max: number;
  readonly open: number;
  /** Closed because of the bound, since the start. */
  readonly rejected: number;
}

/** What a member measures while it works; everything else that it shows is asked for when somebody looks. */
export class Measurements {
  readonly tallies = new CallTallies();
  readonly traffic = new PeerTraffic();
  readonly connections: ConnectionCounts[] = [];
  readonly walSync = new Histogram(exponentialBounds(0.001, 2, 14));
  readonly engineWrite = new Histogram(exponentialBounds(0.001, 2, 14));
  walBytes = 0;
  leaderChanges = 0;
  leasesGranted = 0;
  /** Those that have run out too. */
  leasesRevoked = 0;
  /** By this member as a leader, as are those that have run out. */
  leasesRenewed = 0;
  leasesExpired = 0;
  readonly leaseTtl = new Histogram(exponentialBounds(1, 2, 24));
  healthy = 0;
  unhealthy = 0;
  #leader: NodeId = NONE;

  readonly disk = {
    synced: (ms: number): void => this.walSync.observe(ms / SECONDS),
    wrote: (bytes: number): void => void (this.walBytes += bytes),
  };

  readonly onEngineWrite = (ms: number): void => this.engineWrite.observe(ms / SECONDS);

  readonly onHealth = (healthy: boolean): void => {
    if (healthy) this.healthy += 1;
    else this.unhealthy += 1;
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

  /** A leader counts once it is known, and is another than the last one that was. */
  onLeader(leader: NodeId): void {
    if (leader === NONE || leader === this.#leader) return;
    this.#leader = leader;
    this.leaderChanges += 1;
  }
}
