/** Free slot. Keys and values are not negative. */
const FREE = -1;
const INITIAL_SLOTS = 64;

/** A map from two small numbers to one, in flat memory: 12 bytes a slot, at most half of them used. */
export class PairMap {
  #slots = new Int32Array(INITIAL_SLOTS * 3).fill(FREE);
  #size = 0;

  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** The value, or −1. */
  get(a: number, b: number): number {
    const at = this.#find(a, b);
    return this.#slots[at] === FREE ? -1 : (this.#slots[at + 2] ?? -1);
  }

  set(a: number, b: number, value: number): void {
    if ((this.#size + 1) * 6 > this.#slots.length) this.#grow();
    const at = this.#find(a, b);
    if (this.#slots[at] === FREE) this.#size += 1;
    this.#slots[at] = a;
    this.#slots[at + 1] = b;
    this.#slots[at + 2] = value;
  }

  #find(a: number, b: number): number {
    const slots = this.#slots;
    const mask = slots.length / 3 - 1;
    let slot = mix(Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) & mask;
    for (;;) {
      const at = slot * 3;
      if (slots[at] === FREE || (slots[at] === a && slots[at + 1] === b)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2).fill(FREE);
    for (let at = 0; at < old.length; at += 3) {
      const a = old[at] ?? FREE;
      if (a === FREE) continue;
      const to = this.#find(a, old[at + 1] ?? 0);
      for (let i = 0; i < 3; i += 1) this.#slots[to + i] = old[at + i] ?? 0;
    }
  }
}

/** Spreads the bits of a number (the finalizer of MurmurHash3, Austin Appleby, public domain). */
export function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
