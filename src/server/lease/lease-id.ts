import { randomInteger, type Random } from '../../util/random.js';

/** A random lease id, from 1 to 2^63−1. */
export function newLeaseId(random: Random): bigint {
  for (;;) {
    const high = BigInt(randomInteger(random, 0, 2 ** 31));
    const id = (high << 32n) | BigInt(randomInteger(random, 0, 2 ** 32));
    if (id !== 0n) return id;
  }
}
