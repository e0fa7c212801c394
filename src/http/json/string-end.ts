import { assert } from '../../util/assert.js';

/** The offset behind a string that begins at `at`, by way of the runtime's own search: strings can be large. */
export function stringEnd(bytes: Buffer, at: number): number {
  for (let from = at + 1; ;) {
    const quote = bytes.indexOf(0x22, from);
    assert(quote !== -1, 'a JSON text that ends early');
    let escapes = quote;
    while (bytes[escapes - 1] === 0x5c) escapes -= 1;
    if ((quote - escapes) % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}
