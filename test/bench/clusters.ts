import type { ProcessCluster } from '../support/process-cluster.js';
import { enableUsers, logIn } from './load/users.js';
import type { Context } from './scenario.js';
import type { Settings } from './settings.js';
import type { System } from './systems.js';

type Kind = 'plain' | 'secured';
type Prepare = (cluster: ProcessCluster) => Promise<void>;

/** The clusters that the systems keep during a group. */
export class GroupClusters {
  readonly #settings: Settings;
  readonly #nodeFlags: readonly string[];
  readonly #shared = new Map<`${System['id']} ${Kind}`, Promise<ProcessCluster>>();

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
        shared: (prepare) => this.#get(system, 'plain', prepare),
        secured: async () => {
          const cluster = await this.#get(system, 'secured', enableUsers);
          // A token expires if it is not used.
          return { cluster, token: await logIn(cluster) };
        },
        fresh: async (members) => {
          const cluster = await system.start(members, { nodeFlags: this.#nodeFlags });
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

  #get(system: System, kind: Kind, prepare?: Prepare): Promise<ProcessCluster> {
    const known = this.#shared.get(`${system.id} ${kind}`);
    if (known !== undefined) return known;
    const started = this.#start(system, kind, prepare);
    this.#shared.set(`${system.id} ${kind}`, started);
    return started;
  }

  async #start(system: System, kind: Kind, prepare?: Prepare): Promise<ProcessCluster> {
    const cluster = await system.start(3, { nodeFlags: this.#nodeFlags, tls: kind === 'secured' });
    try {
      await prepare?.(cluster);
      return cluster;
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
  }
}
