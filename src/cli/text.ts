import { InvalidArgumentError } from 'commander';
import { parseDuration as readDuration } from '../util/duration.js';
import { formatMemberId, parseMemberId as readMemberId } from '../util/member-id.js';
import type { MemberId } from '../util/member-id.js';
import { CommandError } from './streams.js';

/** Bytes as etcdctl shows them with --hex: \x68\x69. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Reads hex digits in pairs, each with or without \x before it. @throws CommandError */
export function fromHex(text: string): Buffer {
  const digits = text.replaceAll('\\x', '');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) {
    throw new CommandError(`"${text}" is not hex: pairs of digits are needed, as in 6869 or \\x68\\x69`);
  }
  return Buffer.from(digits, 'hex');
}

/** What stands in an argument for bytes that are no UTF-8, which cannot be told from it any more. */
const REPLACEMENT = '\uFFFD';

/** A key or value of the command line as bytes. @throws CommandError for bytes that were lost on the way */
export function argumentBytes(text: string, hex: boolean): Buffer {
  if (hex) return fromHex(text);
  if (text.includes(REPLACEMENT)) {
    throw new CommandError('what is no UTF-8 does not come through the command line: give it with --hex, as in 01ff');
  }
  return Buffer.from(text);
}

/** The variable of a setting of the server: --listen-client-urls is RAFTKV_LISTEN_CLIENT_URLS. */
export function variableOf(flag: string): string {
  return `RAFTKV_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** Sizes as people read them: 20 kB, 1.5 MB. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const size = bytes / 1000 ** power;
  return `${size < 10 && power > 0 ? Number(size.toFixed(1)) : Math.round(size)} ${units[power]}`;
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration such as 500ms, 5s or 1m30s, up to a day, in ms. @throws InvalidArgumentError */
export function parseDuration(text: string): number {
  const durationMs = readDuration(text);
  if (durationMs === undefined || durationMs < 1 || durationMs > 86_400_000) {
    throw new InvalidArgumentError('A duration is needed, as in 500ms, 5s or 1m.');
  }
  return Math.round(durationMs);
}

/** The id of a member, as every output shows it. @throws InvalidArgumentError */
export function parseMemberId(text: string): MemberId {
  const id = readMemberId(text);
  if (id === undefined) throw new InvalidArgumentError('The id of a member is needed, in hex.');
  return formatMemberId(id);
}

/** The id of a lease, as every output shows it. @throws InvalidArgumentError */
export function parseLeaseId(text: string): bigint {
  if (!/^[0-9a-fA-F]{1,16}$/.test(text)) throw new InvalidArgumentError('The id of a lease is needed, in hex.');
  return BigInt.asIntN(64, BigInt(`0x${text}`));
}

/** A parser of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(
        `A whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`} is needed.`,
      );
    }
    return value;
  };
}

/** JSON on one line, with 64-bit numbers as digits, as Go writes them; undefined fields are left out. */
export function toJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${toJson(field)}`).join(',')}}`;
}
