import type { Random } from './random.js';

export interface BackoffOptions {
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

/**
 * The delay before an attempt, in ms: doubles with each failure up to the cap, and is then drawn from its upper half,
 * so that members that lost the same peer do not all return to it at the same moment.
 * @param failures attempts that have failed in a row; 0 means no delay
 */
export function backoffMs(failures: number, options: BackoffOptions, random: Random): number {
  if (failures === 0) return 0;
  const fullMs = Math.min(options.backoffCapMs, options.backoffBaseMs * 2 ** (failures - 1));
  return fullMs * (0.5 + random.next() / 2);
}
