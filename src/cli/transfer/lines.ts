/** One line of a file: the bytes between two offsets of a buffer, without the line end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Holds other lines too. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Its size in the file, line end included. */
  readonly fileBytes: number;
}

/** A line exceeds the maximum length. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
  readonly lineNumber: number;

  constructor(lineNumber: number, maxBytes: number) {
    super(`line ${lineNumber} is longer than ${maxBytes} bytes`);
    this.lineNumber = lineNumber;
  }
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Splits a stream into lines, and yields the lines of each chunk together. A line ends with \n or \r\n; the end of the
 * last line is optional.
 * @throws LineTooLong if a line does not end within `maxBytes`, which bounds the memory
 */
export async function* readLines(
  input: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<readonly Line[], void, undefined> {
  let partial: Buffer[] = [];
  let partialBytes = 0;
  let number = 0;
  const lineAt = (bytes: Buffer, start: number, newline: number): Line => {
    number += 1;
    const end = newline > start && bytes[newline - 1] === RETURN ? newline - 1 : newline;
    return { number, bytes, start, end, fileBytes: newline - start + 1 };
  };
  for await (const data of input) {
    const chunk = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const lines: Line[] = [];
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      if (partialBytes === 0) lines.push(lineAt(chunk, start, at));
      else {
        const whole = Buffer.concat([...partial, chunk.subarray(0, at)]);
        lines.push(lineAt(whole, 0, whole.length));
        partial = [];
        partialBytes = 0;
      }
      start = at + 1;
    }
    if (start < chunk.length) {
      // A copy, because the stream may reuse the chunk's memory.
      partial.push(Buffer.from(chunk.subarray(start)));
      partialBytes += chunk.length - start;
    }
    if (lines.length > 0) yield lines;
    if (partialBytes > maxBytes) throw new LineTooLong(number + 1, maxBytes);
  }
  if (partialBytes === 0) return;
  const last = Buffer.concat(partial);
  yield [{ ...lineAt(last, 0, last.length), fileBytes: last.length }];
}
