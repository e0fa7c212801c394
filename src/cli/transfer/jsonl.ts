import { isUtf8 } from 'node:buffer';
import { FormatError } from './format-error.js';
import type { Format, Pair } from './format.js';

const FIELDS = ['key', 'key_base64', 'value', 'value_base64'];
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * One JSON object per line: {"key":"…","value":"…"}. Bytes that are not UTF-8 are in "key_base64" and "value_base64".
 * A missing value is empty. Empty lines are ignored.
 */
export const jsonLines: Format = {
  parse(bytes: Buffer, start = 0, end = bytes.length): Pair | undefined {
    if (start === end) return undefined;
    const record = parseObject(bytes.subarray(start, end));
    const unknown = Object.keys(record).find((name) => !FIELDS.includes(name));
    if (unknown !== undefined) throw new FormatError(`unknown field "${unknown}"`);
    const key = bytesOf(record, 'key');
    if (key === undefined) throw new FormatError('"key" is missing');
    if (key.length === 0) throw new FormatError('the key is empty');
    return { key, value: bytesOf(record, 'value') ?? Buffer.alloc(0) };
  },

  format({ key, value }: Pair): Buffer {
    return Buffer.from(`${JSON.stringify({ ...fieldOf('key', key), ...fieldOf('value', value) })}\n`);
  },
};

function parseObject(line: Buffer): Readonly<Record<string, unknown>> {
  if (!isUtf8(line)) throw new FormatError('the line is not UTF-8: "key_base64" and "value_base64" take any bytes');
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(`the line is not JSON: ${error.message}`, { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new FormatError('the line is not a JSON object');
  }
  return parsed as Readonly<Record<string, unknown>>;
}

function bytesOf(record: Readonly<Record<string, unknown>>, name: string): Buffer | undefined {
  const text = record[name];
  const base64 = record[`${name}_base64`];
  if (text !== undefined && base64 !== undefined)
    throw new FormatError(`both "${name}" and "${name}_base64" are given`);
  if (base64 !== undefined) {
    if (typeof base64 !== 'string' || !BASE64.test(base64)) throw new FormatError(`"${name}_base64" is not base64`);
    return Buffer.from(base64, 'base64');
  }
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new FormatError(`"${name}" is not a string`);
  const bytes = Buffer.from(text);
  // A lone surrogate has no UTF-8 encoding and would be replaced silently.
  if (bytes.toString('utf8') !== text) throw new FormatError(`"${name}" holds half of a surrogate pair`);
  return bytes;
}

function fieldOf(name: string, bytes: Buffer): Record<string, string> {
  return isUtf8(bytes) ? { [name]: bytes.toString('utf8') } : { [`${name}_base64`]: bytes.toString('base64') };
}
