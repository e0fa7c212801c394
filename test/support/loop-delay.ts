/**
 * Runs work of a test, and measures the longest turn of this process's event loop meanwhile, in ms. Each turn counts
 * with its processor time if that is shorter than the elapsed time, so that other processes do not disturb.
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
