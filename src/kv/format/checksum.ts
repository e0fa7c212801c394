/**
 * Mixes a checksum: those of similar bytes are related and could cancel out in a sum (the finalizer of MurmurHash3,
 * Austin Appleby, public domain).
 */
export function scatter(checksum: number): number {
  let mixed = checksum ^ (checksum >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
