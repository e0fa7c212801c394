import { etcdserverpb } from '../../../src/gen/proto.js';

/** A gRPC call whose request differs in the digits of its key alone. */
export interface RandomCall {
  readonly path: string;
  /** Share of all calls, in per cent. */
  readonly percent: number;
  /** The encoded request with the key of number 0. */
  readonly request: Uint8Array;
  /** Where the digits of the key begin in the request. */
  readonly digitsAt: number;
  /** The number of the key is below this. */
  readonly keys: number;
  /** Least length of the answer's message, in bytes. */
  readonly answerBytesMin: number;
}

export const KEY_DIGITS = 9;
const PREFIX = 'bench/';

/** All keys have the same length. */
export function keyOf(number: number): string {
  return PREFIX + String(number).padStart(KEY_DIGITS, '0');
}

/** The first key after all of `keyOf`. */
export const KEYS_END = 'bench0';

export function randomPut(options: { keys: number; valueBytes: number; percent?: number }): RandomCall {
  const value = Buffer.alloc(options.valueBytes, 'v');
  const request = etcdserverpb.PutRequest.encode({ key: Buffer.from(keyOf(0)), value }).finish();
  return call('/etcdserverpb.KV/Put', request, { ...options, answerBytesMin: 0 });
}

/** @param options.valueBytes every key is present, with a value of this length */
export function randomRange(options: { keys: number; valueBytes: number; percent?: number }): RandomCall {
  const request = etcdserverpb.RangeRequest.encode({ key: Buffer.from(keyOf(0)) }).finish();
  return call('/etcdserverpb.KV/Range', request, { ...options, answerBytesMin: options.valueBytes });
}

function call(
  path: string,
  request: Uint8Array,
  { keys, percent = 100, answerBytesMin }: { keys: number; percent?: number; answerBytesMin: number },
): RandomCall {
  const digitsAt = Buffer.from(request).indexOf(keyOf(0)) + PREFIX.length;
  return { path, percent, request, digitsAt, keys, answerBytesMin };
}
