/** The content of one line. */
export interface Pair {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A line format for keys and values that preserves any bytes. */
export interface Format {
  /**
   * The line between two offsets, by default all bytes; undefined if it has no content. Key and value may be views.
   * @throws FormatError
   */
  parse(bytes: Buffer, start?: number, end?: number): Pair | undefined;
  /** The line, with its newline. */
  format(pair: Pair): Buffer;
}
