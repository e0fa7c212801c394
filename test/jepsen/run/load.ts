import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../src/util/random.js';
import type { Contexts } from './contexts.js';
import { randomFor } from './settings.js';
import type { Workload, WorkloadClient } from './workload.js';

const DEFAULT_CONCURRENCY = 10;
const DEFAULT_RATE = 200;

/** The clients of a workload at work. */
export class Load {
  readonly #clients: readonly WorkloadClient[];
  readonly #workers: Promise<unknown>;
  readonly #contexts: Contexts;
  #isEnding = false;
  /** Rejects when a client throws, which is a bug of the workload. */
  readonly failed: Promise<never>;

  constructor(workload: Workload, contexts: Contexts, seed: number) {
    this.#contexts = contexts;
    const { concurrency = DEFAULT_CONCURRENCY, rate = DEFAULT_RATE } = workload;
    this.#clients = Array.from({ length: concurrency }, (_, worker) => workload.client(contexts.worker(worker)));
    const periodMs = (concurrency / rate) * 1000;
    const workers = this.#clients.map((client, worker) =>
      this.#work(client, periodMs, randomFor(seed, `pace ${worker}`)),
    );
    this.#workers = Promise.all(workers);
    this.failed = new Promise((_, reject) => {
      this.#workers.catch(reject);
    });
    this.failed.catch(() => undefined); // callers that await it or end() get the error
  }

  /** Begins no more steps, and waits for those in progress. @throws what a client threw */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#contexts.endLoad();
    await this.#workers;
    for (const client of this.#clients) await client.close?.();
  }

  async #work(client: WorkloadClient, periodMs: number, random: Random): Promise<void> {
    let nextMs = performance.now();
    while (!this.#isEnding) {
      await client.step();
      nextMs = Math.max(performance.now(), nextMs + 2 * periodMs * random.next());
      const waitMs = nextMs - performance.now();
      if (waitMs > 0) await delay(waitMs);
    }
  }
}
