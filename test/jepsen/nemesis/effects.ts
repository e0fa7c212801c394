import type { Effects } from './nemesis.js';

/** How much counts have grown. */
export function differences(before: Effects, after: Effects): Effects {
  const names = Object.keys(after).sort();
  const grown = names.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count !== 0));
}

/**
 * Calls `round` again and again until the signal is aborted.
 * @returns a function that waits for the last round, and rejects with what a round threw
 */
export function background(
  signal: AbortSignal,
  round: (number: number) => Promise<void>,
): () => Promise<{ readonly rounds: number }> {
  const run = async (): Promise<{ readonly rounds: number }> => {
    let rounds = 0;
    while (!signal.aborted) await round(rounds++);
    return { rounds };
  };
  const running = run();
  running.catch(() => undefined); // the returned function reports it
  return () => running;
}
