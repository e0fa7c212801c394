import type { Steps } from '../../util/slices.js';
import { JsonError } from './json-error.js';

/** Both alphabets, with or without padding; line ends do not count. */
const WHOLE = /^[A-Za-z0-9+/_-]*={0,2}$/;
const DIGITS = /^[A-Za-z0-9+/_-]*$/;

/** Characters decoded in one step; a multiple of four. */
const STEP_CHARS = 32 * 1024;

/** @throws JsonError that gives the offset of the first bad character */
export function fromBase64(text: string): Buffer {
  const plain = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;
  if (!WHOLE.test(plain)) throw illegal(badAt(plain));
  const digits = plain.endsWith('=') ? plain.replace(/=+$/, '') : plain;
  const padded = digits.length < plain.length;
  // A single digit is not a byte, and padding fills up to four.
  if (digits.length % 4 === 1 || (padded && plain.length % 4 !== 0)) throw illegal(digits.length - (digits.length % 4));
  return Buffer.from(digits, 'base64');
}

/**
 * As `fromBase64`, for a long text in steps.
 * @param text without escapes, as ASCII
 * @throws JsonError
 */
export function* base64Steps(text: Buffer): Steps<Buffer> {
  const parts: Buffer[] = [];
  for (let at = 0; at < text.length; at += STEP_CHARS) {
    const part = text.toString('latin1', at, at + STEP_CHARS);
    const isLast = at + STEP_CHARS >= text.length;
    const isWhole = part.length % 4 === 0 && (isLast ? WHOLE : DIGITS).test(part);
    // The decoder of whole texts knows line ends, and reports errors.
    if (!isWhole) return fromBase64(text.toString('latin1'));
    parts.push(Buffer.from(part, 'base64'));
    yield;
  }
  return Buffer.concat(parts);
}

function illegal(at: number): JsonError {
  return new JsonError(`illegal base64 data at input byte ${at}`);
}

function badAt(text: string): number {
  const [good = ''] = /^[A-Za-z0-9+/_-]*={0,2}/.exec(text) ?? [];
  return good.length;
}
