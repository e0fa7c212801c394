import { randomInteger, type Random } from '../../src/util/random.js';

/** A Fisher-Yates shuffle. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let at = copy.length - 1; at > 0; at--) {
    const other = randomInteger(random, 0, at + 1);
    const [left, right] = [copy[at], copy[other]];
    if (left === undefined || right === undefined) continue;
    copy[at] = right;
    copy[other] = left;
  }
  return copy;
}
