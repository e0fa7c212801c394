/** A text that is not JSON, or does not fit its message. The messages are those of Go's runtime, which etcd's clients know. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** A JSON value with too many elements. */
export class JsonElementsError extends Error {
  override readonly name = 'JsonElementsError';

  constructor(max: number) {
    super(`request has more than ${max} JSON values`);
  }
}

/** Longest part of a request that is quoted in an error, in characters. */
const QUOTED_CHARS_MAX = 256;

/** A part of a request, shortened to be quoted in an error. */
export function excerpt(text: string): string {
  return text.length <= QUOTED_CHARS_MAX ? text : `${text.slice(0, QUOTED_CHARS_MAX)}...`;
}

export function invalidCharacter(code: number, where: string): JsonError {
  return new JsonError(`invalid character ${quoted(code)} ${where}`);
}

/** One byte, as a character in single quotes. */
function quoted(code: number): string {
  if (code === 0x27) return `'\\''`;
  if (code === 0x5c) return `'\\\\'`;
  const short = SHORT_ESCAPES[code];
  if (short !== undefined) return `'${short}'`;
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, '0')}'`;
  if ((code > 0x7f && code <= 0xa0) || code === 0xad) return `'\\u${code.toString(16).padStart(4, '0')}'`;
  return `'${String.fromCharCode(code)}'`;
}

const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};
