/** The content of one line. */
export interface Pair {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A line format for keys and values that preserves any bytes. */
export interface Format {
  /** Undefined for a line without content. @throws FormatError */
  parse(line: Buffer): Pair | undefined;
  /** The line, with its newline. */
  format(pair: Pair): Buffer;
}
