import { assert } from '../../util/assert.js';

/** The offset behind the string that begins at `at`; found with the runtime's own search, since strings can be large. */
export function stringEnd(bytes: Buffer, at: number): number {
  for (let from = at + 1; ;) {
    const quote = bytes.indexOf(0x22, from);
    assert(quote !== -1, 'a complete JSON text');
    let escapes = quote;
    while (bytes[escapes - 1] === 0x5c) escapes -= 1;
    if ((quote - escapes) % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}
