import { hex64 } from './integer.js';

/**
 * The id of a member as the public API shows it: 16 lower-case hexadecimal digits, as the command line and the logs
 * print it. An id has 64 bits, so a number could not hold every id of an etcd cluster; a string compares with `===`,
 * works as a key of a map, and survives JSON.
 */
export type MemberId = string;

/** The id of a cluster, in the form of a {@link MemberId}. */
export type ClusterId = string;

/** The id in its public form. */
export function formatMemberId(id: bigint | number): MemberId {
  return hex64(BigInt(id));
}

/**
 * The 64-bit value of an id. Accepts 1 to 16 digits of either case, as etcdctl prints ids.
 * @returns undefined for other text
 */
export function parseMemberId(text: string): bigint | undefined {
  return /^[0-9a-fA-F]{1,16}$/.test(text) ? BigInt(`0x${text}`) : undefined;
}

/** The 64-bit value of an id that {@link formatMemberId} has made. */
export function memberIdValue(id: MemberId): bigint {
  return BigInt(`0x${id}`);
}
