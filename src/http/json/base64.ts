import { JsonError } from './json-error.js';

/** Both alphabets, with or without padding; line ends are no part of it. */
const WHOLE = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** @throws JsonError that says where it is none */
export function fromBase64(text: string): Buffer {
  const plain = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;
  if (!WHOLE.test(plain)) throw illegal(badAt(plain));
  const digits = plain.endsWith('=') ? plain.replace(/=+$/, '') : plain;
  const padded = digits.length < plain.length;
  // One digit alone says nothing, and padding fills up to four.
  if (digits.length % 4 === 1 || (padded && plain.length % 4 !== 0)) throw illegal(digits.length - (digits.length % 4));
  return Buffer.from(digits, 'base64');
}

function illegal(at: number): JsonError {
  return new JsonError(`illegal base64 data at input byte ${at}`);
}

function badAt(text: string): number {
  const [good = ''] = /^[A-Za-z0-9+/_-]*={0,2}/.exec(text) ?? [];
  return good.length;
}
