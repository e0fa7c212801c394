/** A line that cannot be parsed. The message has the reason, but not the line number. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
