import { setTimeout as delay } from 'node:timers/promises';

/**
 * Polls until there is an answer, for state without an event, such as that of another process.
 * @throws Error that names the awaited condition, after `limitMs`
 */
export async function poll<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = 30_000,
): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > giveUpAt) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await delay(25);
  }
}
