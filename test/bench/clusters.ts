import type { ProcessCluster } from '../support/process-cluster.js';
import type { Context } from './scenario.js';
import type { Settings } from './settings.js';
import type { System } from './systems.js';

/** The clusters that the systems keep during a group. */
export class GroupClusters {
  readonly #settings: Settings;
  readonly #nodeFlags: readonly string[];
  readonly #shared = new Map<System['id'], Promise<ProcessCluster>>();

  /** @param nodeFlags flags of the Node that runs raftkv */
  constructor(settings: Settings, nodeFlags: readonly string[] = []) {
    this.#settings = settings;
    this.#nodeFlags = nodeFlags;
  }

  /** Runs one measurement of a system, and ends the clusters that it has started for itself. */
  async use<T>(system: System, work: (context: Context) => Promise<T>): Promise<T> {
    const own: ProcessCluster[] = [];
    try {
      return await work({
        system,
        settings: this.#settings,
        shared: (prepare) => this.#get(system, prepare),
        fresh: async (members) => {
          const cluster = await system.start(members, this.#nodeFlags);
          own.push(cluster);
          return cluster;
        },
      });
    } finally {
      for (const cluster of own) await cluster.dispose();
    }
  }

  async dispose(): Promise<void> {
    for (const started of await Promise.allSettled(this.#shared.values()))
      if (started.status === 'fulfilled') await started.value.dispose();
  }

  #get(system: System, prepare?: (cluster: ProcessCluster) => Promise<void>): Promise<ProcessCluster> {
    const known = this.#shared.get(system.id);
    if (known !== undefined) return known;
    const started = this.#start(system, prepare);
    this.#shared.set(system.id, started);
    return started;
  }

  async #start(system: System, prepare?: (cluster: ProcessCluster) => Promise<void>): Promise<ProcessCluster> {
    const cluster = await system.start(3, this.#nodeFlags);
    try {
      await prepare?.(cluster);
      return cluster;
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
  }
}
