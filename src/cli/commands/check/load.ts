import { setTimeout as delay } from 'node:timers/promises';

export interface Load {
  readonly writesPerSecond: number;
  /** Maximum number of concurrent writes. */
  readonly clients: number;
  readonly durationMs: number;
  readonly write: () => Promise<void>;
  /** Whether to count an error as a failed write. Any other error ends the run. */
  readonly isFailure: (error: unknown) => boolean;
}

export interface Measured {
  readonly seconds: number;
  readonly tookSeconds: readonly number[];
  /** Number of errors by text. */
  readonly errors: ReadonlyMap<string, number>;
}

/** The limits of etcdctl. */
const SLOWEST_SECONDS = 0.5;
const DEVIATION_SECONDS = 0.1;
const RATE_PART = 0.9;

/** Writes at a steady rate in concurrent loops, each of which awaits its answer. */
export class LoadRun {
  readonly #load: Load;
  readonly #tookSeconds: number[] = [];
  readonly #errors = new Map<string, number>();
  #begun = 0;

  constructor(load: Load) {
    this.#load = load;
  }

  async run(): Promise<Measured> {
    const startMs = performance.now();
    await Promise.all(Array.from({ length: this.#load.clients }, () => this.#loop(startMs)));
    const seconds = (performance.now() - startMs) / 1000;
    return { seconds, tookSeconds: this.#tookSeconds, errors: this.#errors };
  }

  async #loop(startMs: number): Promise<void> {
    const { writesPerSecond, durationMs } = this.#load;
    for (;;) {
      const dueMs = startMs + (this.#begun * 1000) / writesPerSecond;
      if (dueMs >= startMs + durationMs || performance.now() >= startMs + durationMs) return;
      this.#begun++;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await delay(waitMs);
      await this.#one();
    }
  }

  async #one(): Promise<void> {
    const { write, isFailure } = this.#load;
    const startMs = performance.now();
    try {
      await write();
      this.#tookSeconds.push((performance.now() - startMs) / 1000);
    } catch (error) {
      if (!isFailure(error)) throw error;
      const text = (error as Error).message;
      this.#errors.set(text, (this.#errors.get(text) ?? 0) + 1);
    }
  }
}

/** The lines that etcdctl prints after a run, and whether the run passed. */
export function verdict(
  { seconds, tookSeconds, errors }: Measured,
  writesPerSecond: number,
): { readonly lines: readonly string[]; readonly passed: boolean } {
  const rate = tookSeconds.length / seconds;
  const slowest = tookSeconds.reduce((most, took) => Math.max(most, took), 0);
  const mean = tookSeconds.reduce((sum, took) => sum + took, 0) / Math.max(1, tookSeconds.length);
  const variance = tookSeconds.reduce((sum, took) => sum + (took - mean) ** 2, 0) / Math.max(1, tookSeconds.length);
  const deviation = Math.sqrt(variance);
  const checks = [
    rate > RATE_PART * writesPerSecond
      ? `PASS: Throughput is ${Math.floor(rate) + 1} writes/s`
      : `FAIL: Throughput too low: ${Math.floor(rate) + 1} writes/s`,
    slowest <= SLOWEST_SECONDS
      ? `PASS: Slowest request took ${slowest.toFixed(6)}s`
      : `FAIL: Slowest request took too long: ${slowest.toFixed(6)}s`,
    deviation <= DEVIATION_SECONDS
      ? `PASS: Stddev is ${deviation.toFixed(6)}s`
      : `FAIL: Stddev too high: ${deviation.toFixed(6)}s`,
  ];
  const failures = [...errors].map(([text, count]) => `FAIL: ERROR(${text}) -> ${count}`);
  const lines = [...(failures.length > 0 ? ['FAIL: too many errors', ...failures] : []), ...checks];
  const passed = lines.every((line) => line.startsWith('PASS'));
  return { lines: [...lines, passed ? 'PASS' : 'FAIL'], passed };
}
