/** Escape sequences of Go's string literals, and a backslash that begins none of them. */
const ESCAPE = /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)/g;

const CONTROLS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * The bytes of a string as Go writes it, in double quotes with escape sequences or in backquotes without.
 * @returns undefined if an escape sequence is invalid
 */
export function goUnquoted(quoted: string): Buffer | undefined {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return Buffer.from(inner);
  const parts: Buffer[] = [];
  let end = 0;
  for (const match of inner.matchAll(ESCAPE)) {
    const bytes = bytesOf(match);
    if (bytes === undefined) return undefined;
    parts.push(Buffer.from(inner.slice(end, match.index)), bytes);
    end = match.index + match[0].length;
  }
  return Buffer.concat([...parts, Buffer.from(inner.slice(end))]);
}

function bytesOf([, single, hex, octal, short, long]: RegExpExecArray): Buffer | undefined {
  if (single !== undefined) return Buffer.from(CONTROLS[single] ?? single);
  if (hex !== undefined) return Buffer.from([Number.parseInt(hex, 16)]);
  if (octal !== undefined) return Buffer.from([Number.parseInt(octal, 8)]);
  const code = Number.parseInt(short ?? long ?? '', 16);
  const isCharacter = code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? Buffer.from(String.fromCodePoint(code)) : undefined;
}
