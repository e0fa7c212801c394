/** A line that cannot be understood; the message says why, and not where. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
