import { FormatError } from './format-error.js';
import type { Format, Pair } from './format.js';

const TAB = 0x09;
const BACKSLASH = 0x5c;
const EMPTY = Buffer.alloc(0);

/** The meaning of a character after a backslash. */
const UNESCAPED: ReadonlyMap<number, number> = new Map(
  [
    ['t', '\t'],
    ['n', '\n'],
    ['r', '\r'],
    ['\\', '\\'],
  ].map(([letter = '', meaning = '']) => [letter.charCodeAt(0), meaning.charCodeAt(0)]),
);

const ESCAPED: ReadonlyMap<number, Buffer> = new Map(
  [...UNESCAPED].map(([letter, meaning]) => [meaning, Buffer.of(BACKSLASH, letter)]),
);

/**
 * KEY<TAB>VALUE. A line without a tab is a key with an empty value. Empty lines are ignored. \t, \n, \r, \\ and \xNN stand
 * for bytes that a line cannot hold; any other character after a backslash is an error. Further tabs belong to the value.
 */
export const tsv: Format = {
  parse(bytes: Buffer, start = 0, end = bytes.length): Pair | undefined {
    if (start === end) return undefined;
    let keyEnd = start;
    while (keyEnd < end && bytes[keyEnd] !== TAB) keyEnd += 1;
    if (keyEnd === start) throw new FormatError('the key is empty');
    const key = unescape(bytes.subarray(start, keyEnd));
    return { key, value: keyEnd + 1 >= end ? EMPTY : unescape(bytes.subarray(keyEnd + 1, end)) };
  },

  format({ key, value }: Pair): Buffer {
    return Buffer.concat([escape(key), Buffer.of(TAB), escape(value), Buffer.from('\n')]);
  },
};

function unescape(bytes: Buffer): Buffer {
  if (!bytes.includes(BACKSLASH)) return bytes;
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.readUInt8(at);
    if (byte !== BACKSLASH) {
      out[length++] = byte;
      continue;
    }
    const letter = bytes[at + 1];
    const meaning = letter === undefined ? undefined : UNESCAPED.get(letter);
    if (meaning !== undefined) {
      out[length++] = meaning;
      at += 1;
    } else {
      out[length++] = hexEscape(bytes.toString('latin1', at, at + 4));
      at += 3;
    }
  }
  return out.subarray(0, length);
}

function hexEscape(text: string): number {
  const match = /^\\x([0-9a-fA-F]{2})$/.exec(text);
  if (match === null) {
    throw new FormatError(`"${text.slice(0, 2)}" is not an escape: use \\t, \\n, \\r, \\\\ or \\xNN`);
  }
  return Number.parseInt(match[1] ?? '', 16);
}

function escape(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  for (const [at, byte] of bytes.entries()) {
    const escaped = ESCAPED.get(byte);
    if (escaped === undefined) continue;
    parts.push(bytes.subarray(start, at), escaped);
    start = at + 1;
  }
  return start === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(start)]);
}
