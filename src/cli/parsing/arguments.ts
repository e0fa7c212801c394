import { InvalidArgumentError } from 'commander';
import { parseDuration as readDuration } from '../../util/duration.js';
import { formatMemberId, parseMemberId as readMemberId } from '../../util/member-id.js';
import type { MemberId } from '../../util/member-id.js';
import { CommandError } from '../process/streams.js';

/** Reads hex digits in pairs, each with or without \x before it. @throws CommandError */
export function fromHex(text: string): Buffer {
  const digits = text.replaceAll('\\x', '');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) {
    throw new CommandError(`"${text}" is not hex: expected pairs of digits, such as 6869 or \\x68\\x69`);
  }
  return Buffer.from(digits, 'hex');
}

/** Replaces bytes that are not UTF-8 when Node decodes the command line. */
const REPLACEMENT = '\uFFFD';

/** A key or value on the command line, as bytes. @throws CommandError if it was not UTF-8 or, with --hex-input, is not hex */
export function argumentBytes(text: string, hexInput: boolean): Buffer {
  if (hexInput) return fromHex(text);
  if (text.includes(REPLACEMENT)) {
    throw new CommandError('arguments must be valid UTF-8: give other bytes with --hex-input, such as 01ff');
  }
  return Buffer.from(text);
}

/** A duration such as 500ms, 5s or 1m30s, up to a day, in ms. @throws InvalidArgumentError */
export function parseDuration(text: string): number {
  const durationMs = readDuration(text);
  if (durationMs === undefined || durationMs < 1 || durationMs > 86_400_000) {
    throw new InvalidArgumentError('Expected a duration such as 500ms, 5s or 1m.');
  }
  return Math.round(durationMs);
}

/** The id of a member, in hex. @throws InvalidArgumentError */
export function parseMemberId(text: string): MemberId {
  const id = readMemberId(text);
  if (id === undefined) throw new InvalidArgumentError('Expected the id of a member (hex).');
  return formatMemberId(id);
}

/** The id of a lease, in hex. @throws InvalidArgumentError */
export function parseLeaseId(text: string): bigint {
  if (!/^[0-9a-fA-F]{1,16}$/.test(text)) throw new InvalidArgumentError('Expected the id of a lease (hex).');
  return BigInt.asIntN(64, BigInt(`0x${text}`));
}

/** A parser of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(
        max === Number.MAX_SAFE_INTEGER
          ? `Expected a whole number from ${min}.`
          : `Expected a whole number from ${min} to ${max}.`,
      );
    }
    return value;
  };
}

/** A parser that accepts one of the names, in either case. */
export function choice<Value>(values: Readonly<Record<string, Value>>): (text: string) => Value {
  return (text) => {
    const found = Object.entries(values).find(([name]) => name === text.toUpperCase());
    if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${Object.keys(values).join(', ')}.`);
    return found[1];
  };
}
