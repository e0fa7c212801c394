/** Output for each byte of input, at most: a copy of three bytes stands for up to 64. */
const EXPANSION_MAX = 22;

/**
 * Decompresses Snappy (github.com/google/snappy, format_description.txt), for the one block that a table check has to
 * read. The checksum of the input was verified, so damage appears only as a wrong length.
 * @throws RangeError
 */
export function snappyDecode(input: Buffer): Buffer {
  const [length, start] = readVarint(input, 0);
  if (length > EXPANSION_MAX * input.length) throw new RangeError(`${length} bytes from ${input.length}`);
  const output = Buffer.alloc(length);
  let at = start;
  let end = 0;
  while (at < input.length) {
    const tag = input.readUInt8(at++);
    const kind = tag & 3;
    if (kind === 0) {
      let size = tag >> 2;
      if (size >= 60) {
        const sizeBytes = size - 59;
        size = input.readUIntLE(at, sizeBytes);
        at += sizeBytes;
      }
      end += input.copy(output, end, at, at + size + 1);
      at += size + 1;
      continue;
    }
    const offset = kind === 1 ? ((tag >> 5) << 8) | input.readUInt8(at) : input.readUIntLE(at, kind === 2 ? 2 : 4);
    at += kind === 1 ? 1 : kind === 2 ? 2 : 4;
    // Byte by byte: source and target may overlap.
    for (let left = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1; left > 0; left--, end++) {
      output.writeUInt8(output.readUInt8(end - offset), end);
    }
  }
  if (end !== length) throw new RangeError(`${end} bytes instead of ${length}`);
  return output;
}

/** A little-endian integer of seven bits a byte, and where it ends. @throws RangeError */
export function readVarint(input: Buffer, start: number): [value: number, end: number] {
  let value = 0;
  let scale = 1;
  for (let at = start; ; at++, scale *= 128) {
    const byte = input.readUInt8(at);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at + 1];
  }
}
