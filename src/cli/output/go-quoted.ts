import { isUtf8 } from 'node:buffer';

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Printable characters in Go: letters, marks, numbers, punctuation, symbols, and the ASCII space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Bytes as Go's %q prints a string: printable UTF-8 characters unchanged, everything else escaped. */
export function goQuoted(bytes: Uint8Array): string {
  let quoted = '"';
  for (let at = 0; at < bytes.length;) {
    const size = characterSize(bytes, at);
    const character = bytes.subarray(at, at + Math.max(size, 1));
    quoted += size === 0 ? hex(character[0]) : escaped(Buffer.from(character).toString());
    at += character.length;
  }
  return `${quoted}"`;
}

/** Length in bytes of the UTF-8 character at this position; 0 if there is none. */
function characterSize(bytes: Uint8Array, at: number): number {
  for (let size = 1; size <= 4 && at + size <= bytes.length; size++) {
    if (isUtf8(bytes.subarray(at, at + size))) return size;
  }
  return 0;
}

function escaped(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return hex(code);
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

function hex(byte: number | undefined): string {
  return `\\x${(byte ?? 0).toString(16).padStart(2, '0')}`;
}
