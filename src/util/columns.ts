/** A copy of a column of numbers with room for more: `length` numbers in all, the new ones 0. */
export function grown(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length);
  longer.set(column);
  return longer;
}
