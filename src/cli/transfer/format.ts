/** What one line stands for. */
export interface Pair {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A way to write keys and values in lines; any bytes survive the way there and back. */
export interface Format {
  /** Undefined for a line that stands for nothing. @throws FormatError */
  parse(line: Buffer): Pair | undefined;
  /** The line, with its newline. */
  format(pair: Pair): Buffer;
}
