import type { Steps } from '../../util/slices.js';
import { JsonError } from './json-error.js';

/** Both alphabets, with or without padding; line ends do not count. */
const WHOLE = /^[A-Za-z0-9+/_-]*={0,2}$/;
const DIGITS = /^[A-Za-z0-9+/_-]*$/;

/** Characters decoded in one step. */
const STEP_CHARS = 32 * 1024;

/** @throws JsonError that gives the offset of the first bad character */
export function fromBase64(text: string): Buffer {
  return decodeEnd(withoutLineEnds(text), 0);
}

/**
 * As `fromBase64`, for a long text in steps.
 * @param text in UTF-8
 * @throws JsonError
 */
export function* base64Steps(text: Buffer): Steps<Buffer> {
  const parts: Buffer[] = [];
  /** Characters that await the rest of their group of four. */
  let kept = '';
  let decoded = 0;
  let at = 0;
  for (; text.length - at > STEP_CHARS; at += STEP_CHARS) {
    const part = kept + withoutLineEnds(text.toString('latin1', at, at + STEP_CHARS));
    // The end of the text may be padded, or this is an error.
    if (!DIGITS.test(part)) break;
    kept = part.slice(part.length - (part.length % 4));
    parts.push(Buffer.from(part.slice(0, part.length - kept.length), 'base64'));
    decoded += part.length - kept.length;
    yield;
  }
  const end = kept + (yield* lineEndSteps(text.subarray(at)));
  parts.push(decodeEnd(end, decoded));
  return Buffer.concat(parts);
}

/** The text without line ends. Of a long one that cannot be base64, the beginning. */
function* lineEndSteps(text: Buffer): Steps<string> {
  let plain = '';
  for (let at = 0; at < text.length && badAt(plain) === plain.length; at += STEP_CHARS) {
    plain += withoutLineEnds(text.toString('latin1', at, at + STEP_CHARS));
    yield;
  }
  return plain;
}

/** @param before number of characters before the text, for errors */
function decodeEnd(text: string, before: number): Buffer {
  if (!WHOLE.test(text)) throw illegal(before + badAt(text));
  const digits = text.endsWith('=') ? text.replace(/=+$/, '') : text;
  const padded = digits.length < text.length;
  // A single digit is not a byte, and padding fills up to four.
  if (digits.length % 4 === 1 || (padded && text.length % 4 !== 0)) {
    throw illegal(before + digits.length - (digits.length % 4));
  }
  return Buffer.from(digits, 'base64');
}

function withoutLineEnds(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, '') : text;
}

function illegal(at: number): JsonError {
  return new JsonError(`illegal base64 data at input byte ${at}`);
}

/** The offset of the first bad character; the length if there is none. */
function badAt(text: string): number {
  const [good = ''] = /^[A-Za-z0-9+/_-]*={0,2}/.exec(text) ?? [];
  return good.length;
}
