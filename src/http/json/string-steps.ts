import { isUtf8 } from 'node:buffer';
import type { Steps } from '../../util/slices.js';

const BACKSLASH = 0x5c;
/** Escapes resolved in one step. */
const STEP_ESCAPES = 1024;
/** Bytes checked or repaired in one step. */
const STEP_BYTES = 64 * 1024;

/**
 * Resolves the escapes of a string, in steps. Unpaired surrogates become U+FFFD; other bytes are not checked.
 * @param raw the bytes between the quotes of a valid string
 * @returns the content in UTF-8; `raw` itself if it has no escapes
 */
export function* unescapeSteps(raw: Buffer): Steps<Buffer> {
  let escape = raw.indexOf(BACKSLASH);
  if (escape === -1) return raw;
  // No escape is shorter than its character.
  const content = Buffer.allocUnsafe(raw.length);
  let [from, length] = [0, 0];
  for (let count = 1; escape !== -1; count++) {
    length += raw.copy(content, length, from, escape);
    const { code, end } = escapedAt(raw, escape);
    length = writeUtf8(content, length, code);
    from = end;
    escape = raw[from] === BACKSLASH ? from : raw.indexOf(BACKSLASH, from);
    if (count % STEP_ESCAPES === 0) yield;
  }
  length += raw.copy(content, length, from);
  return content.subarray(0, length);
}

/** Replaces bytes that are not UTF-8 by U+FFFD, in steps. */
export function* repairSteps(bytes: Buffer): Steps<Buffer> {
  if (isUtf8(bytes)) return bytes;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    parts.push(Buffer.from(decoder.decode(bytes.subarray(at, at + STEP_BYTES), { stream: true })));
    yield;
  }
  parts.push(Buffer.from(decoder.decode()));
  return Buffer.concat(parts);
}

interface Escaped {
  readonly code: number;
  /** The offset behind the escape. */
  readonly end: number;
}

const REPLACEMENT = 0xfffd;
/** Characters of one-letter escapes; all others stand for themselves. */
const CONTROLS: Readonly<Record<number, number>> = { 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9 };
const LETTER_U = 0x75;

function escapedAt(raw: Buffer, at: number): Escaped {
  const letter = raw[at + 1] ?? 0;
  if (letter !== LETTER_U) return { code: CONTROLS[letter] ?? letter, end: at + 2 };
  const end = at + 6;
  const unit = hexAt(raw, at + 2);
  if (unit < 0xd800 || unit > 0xdfff) return { code: unit, end };
  const low = raw[end] === BACKSLASH && raw[end + 1] === LETTER_U ? hexAt(raw, end + 2) : 0;
  if (unit >= 0xdc00 || low < 0xdc00 || low > 0xdfff) return { code: REPLACEMENT, end };
  return { code: 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), end: end + 6 };
}

/** The number of four hexadecimal digits. */
function hexAt(raw: Buffer, at: number): number {
  let value = 0;
  for (let digit = at; digit < at + 4; digit++) {
    const code = raw[digit] ?? 0;
    value = (value << 4) | (code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57);
  }
  return value;
}

/** @returns the offset behind the character */
function writeUtf8(bytes: Buffer, from: number, code: number): number {
  let at = from;
  if (code < 0x80) {
    bytes[at++] = code;
    return at;
  }
  if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) bytes[at++] = 0xe0 | (code >> 12);
    else {
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
    }
    bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
  }
  bytes[at++] = 0x80 | (code & 0x3f);
  return at;
}
