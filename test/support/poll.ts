import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until there is an answer. For what has no event to wait for: the state of another process.
 * @throws Error that says what was waited for, after `limitMs`
 */
export async function poll<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = 15_000,
): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > giveUpAt) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await delay(25);
  }
}
