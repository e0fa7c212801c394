/**
 * Measures the longest turn of this process's event loop. Each turn counts with its processor time if that is shorter than
 * the elapsed time, so that other processes do not disturb.
 */
export class TurnProbe {
  readonly #timer = setInterval(() => this.#sample(), 1);
  #longestMs = 0;
  #clockMs = performance.now();
  #cpu = process.cpuUsage();

  /** @returns the longest turn so far, in ms */
  stop(): number {
    clearInterval(this.#timer);
    this.#sample();
    return this.#longestMs;
  }

  #sample(): void {
    const spent = process.cpuUsage(this.#cpu);
    const turnMs = Math.min(performance.now() - this.#clockMs, (spent.user + spent.system) / 1_000);
    this.#longestMs = Math.max(this.#longestMs, turnMs);
    this.#clockMs = performance.now();
    this.#cpu = process.cpuUsage();
  }
}

/** Runs work of a test, and measures the longest turn of this process's event loop meanwhile, in ms: see TurnProbe. */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  const probe = new TurnProbe();
  try {
    await work();
  } finally {
    probe.stop();
  }
  return probe.stop();
}
