/**
 * Runs work that a test does, and measures the longest time that the event loop of this process was held meanwhile, in ms.
 * Of each turn the processor time counts where it is shorter than the time by the clock: other processes do not disturb.
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let clockMs = performance.now();
  let cpu = process.cpuUsage();
  const sample = (): void => {
    const spent = process.cpuUsage(cpu);
    const turnMs = Math.min(performance.now() - clockMs, (spent.user + spent.system) / 1_000);
    longestMs = Math.max(longestMs, turnMs);
    clockMs = performance.now();
    cpu = process.cpuUsage();
  };
  const timer = setInterval(sample, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
    sample();
  }
  return longestMs;
}
