import type { Random } from '../../../src/util/random.js';

/** A number between two others, drawn at random. */
export type Span = readonly [least: number, most: number];

export function within([least, most]: Span, random: Random): number {
  return least + random.next() * (most - least);
}
