import type { Random } from '../../src/util/random.js';
import type { World } from './world.js';

/** Brings a fault about; the answer undoes it. Undefined: there was nothing that it could have befallen. */
export type Fault = (world: World, random: Random) => (() => void) | undefined;

/** Waits of a Poisson process: often short, sometimes long. */
export function someTime(random: Random, meanMs: number): number {
  return -Math.log(1 - random.next()) * meanMs;
}
