/** A source of random numbers. Parts that must replay a run are given a seeded one. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

/** A whole number in [low, high). */
export function randomInteger(random: Random, low: number, high: number): number {
  return low + Math.floor(random.next() * (high - low));
}

/** A seeded generator (mulberry32, Tommy Ettinger, public domain): for schedules, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    },
  };
}
