import type { Random } from './random.js';

export interface BackoffOptions {
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

/**
 * The wait before a try, in ms: doubles with each failure up to the cap, then is drawn from its upper half, so that
 * members that lost one peer together do not come back to it together.
 * @param failures how many tries have failed in a row; 0 tries at once
 */
export function backoffMs(failures: number, options: BackoffOptions, random: Random): number {
  if (failures === 0) return 0;
  const fullMs = Math.min(options.backoffCapMs, options.backoffBaseMs * 2 ** (failures - 1));
  return fullMs * (0.5 + random.next() / 2);
}
