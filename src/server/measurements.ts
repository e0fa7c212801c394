import { exponentialBounds, Histogram } from '../metrics/histogram.js';
import { NONE, type NodeId } from '../raft/types.js';
import { CallTallies } from '../rpc/tally.js';

const SECONDS = 1_000;

/** What a member measures while it works; everything else that it shows is asked for when somebody looks. */
export class Measurements {
  readonly tallies = new CallTallies();
  readonly walSync = new Histogram(exponentialBounds(0.001, 2, 14));
  readonly engineWrite = new Histogram(exponentialBounds(0.001, 2, 14));
  walBytes = 0;
  leaderChanges = 0;
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

  /** A leader counts once it is known, and is another than the last one that was. */
  onLeader(leader: NodeId): void {
    if (leader === NONE || leader === this.#leader) return;
    this.#leader = leader;
    this.leaderChanges += 1;
  }
}
