import type { Random } from '../../src/util/random.js';
import type { World } from './world.js';

/** Begins a fault, and returns the function that ends it; undefined if there was nothing to apply it to. */
export type Fault = (world: World, random: Random) => (() => void) | undefined;

/** Waits of a Poisson process: often short, sometimes long. */
export function someTime(random: Random, meanMs: number): number {
  return -Math.log(1 - random.next()) * meanMs;
}
