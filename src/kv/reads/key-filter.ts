/** The upper bits of a hash choose a shard, so that no single table grows by much at once. */
const SHARD_BITS = 10;
const SHARD_SHIFT = 32 - SHARD_BITS;
const SLOTS_MIN = 8;
/** In place of the hash 0: a free slot is 0. */
const ZERO = 1;

/**
 * Says of most absent keys that they are absent: holds the 32-bit hashes of all keys, and a hash once for each key that has
 * it. Takes some 7 bytes a key, outside of what the garbage collector scans.
 */
export class KeyFilter {
  /** Open addressing, linear probing; sizes are powers of two. */
  readonly #shards = Array.from<Uint32Array | undefined>({ length: 1 << SHARD_BITS }).fill(undefined);
  readonly #counts = new Uint32Array(1 << SHARD_BITS);
  #size = 0;

  /** Number of hashes. */
  get size(): number {
    return this.#size;
  }

  /** Whether a key with this hash may be held. False is certain. */
  has(hash: number): boolean {
    const shard = this.#shards[hash >>> SHARD_SHIFT];
    return shard !== undefined && slotOf(shard, hash === 0 ? ZERO : hash) >= 0;
  }

  add(hash: number): void {
    const at = hash >>> SHARD_SHIFT;
    const count = (this.#counts[at] ?? 0) + 1;
    const shard = roomy(this.#shards[at], count);
    this.#shards[at] = shard;
    this.#counts[at] = count;
    this.#size++;
    enter(shard, hash === 0 ? ZERO : hash);
  }

  /** Takes back one `add`. @throws RangeError if there was none */
  delete(hash: number): void {
    const at = hash >>> SHARD_SHIFT;
    const shard = this.#shards[at];
    const slot = shard === undefined ? -1 : slotOf(shard, hash === 0 ? ZERO : hash);
    if (shard === undefined || slot < 0) throw new RangeError('a key was removed that was never added');
    close(shard, slot);
    this.#counts[at] = (this.#counts[at] ?? 0) - 1;
    this.#size--;
  }
}

/** The slot of a hash; −1 if it is not there. */
function slotOf(shard: Uint32Array, hash: number): number {
  const mask = shard.length - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const found = shard[slot] ?? 0;
    if (found === hash) return slot;
    if (found === 0) return -1;
  }
}

function enter(shard: Uint32Array, hash: number): void {
  const mask = shard.length - 1;
  let slot = hash & mask;
  while ((shard[slot] ?? 0) !== 0) slot = (slot + 1) & mask;
  shard[slot] = hash;
}

/** Frees a slot. Hashes behind it move up where they could not be found any more. */
function close(shard: Uint32Array, free: number): void {
  const mask = shard.length - 1;
  let gap = free;
  for (let slot = (gap + 1) & mask; ; slot = (slot + 1) & mask) {
    const hash = shard[slot] ?? 0;
    if (hash === 0) break;
    // A hash may stay where its first slot lies behind the gap.
    if (((slot - hash) & mask) < ((slot - gap) & mask)) continue;
    shard[gap] = hash;
    gap = slot;
  }
  shard[gap] = 0;
}

/** The shard, or a larger copy if a number of hashes would fill more than three quarters of it. */
function roomy(shard: Uint32Array | undefined, count: number): Uint32Array {
  if (shard === undefined) return new Uint32Array(SLOTS_MIN);
  if (4 * count <= 3 * shard.length) return shard;
  const larger = new Uint32Array(2 * shard.length);
  for (const hash of shard) if (hash !== 0) enter(larger, hash);
  return larger;
}
