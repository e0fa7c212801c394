import type { Packet } from '../ports/transport.js';
import type { Message } from '../raft/types.js';
import { messageBytes } from './packet-codec.js';

/**
 * Each peer gets two links, each on its own connection: heartbeats and votes must not wait behind megabytes of entries, in
 * a queue or in a socket's buffer.
 */
export const LANES = ['control', 'append'] as const;
export type Lane = (typeof LANES)[number];

/**
 * Whether a message may be large, or must not overtake a large one. An append without entries is small, but it names the
 * entry before it, so a follower that has not received that entry yet refuses it.
 */
function isBulk({ type }: Message): boolean {
  return type === 'MsgApp' || type === 'MsgProp' || type === 'MsgSnap';
}

/** Appends up to this length, in bytes, do not delay what travels with them much: 10 ms at 100 Mbit/s. */
const SHARED_BYTES_MAX = 128 * 1024;

/**
 * Splits a packet by lane and keeps the order within each part. Rounds, their answers and calls are small and urgent, so
 * they take the control lane. An empty part is left out.
 * @param appendIdle nothing waits in the append lane. Then a round and an answer go with the appends of their packet, if
 * these are short: a frame on a second connection costs both sides as much again.
 */
export function splitByLane(
  packet: Packet,
  { appendIdle }: { readonly appendIdle: boolean },
): { readonly control?: Packet; readonly append?: Packet } {
  const { group, messages, round, ack, calls } = packet;
  if (!messages.some(isBulk)) return { control: packet };
  if (appendIdle && calls === undefined && isShortBulk(messages)) return { append: packet };
  const append: Packet = { group, messages: messages.filter(isBulk), round: undefined, ack: undefined };
  const control: Packet = { group, messages: messages.filter((message) => !isBulk(message)), round, ack, calls };
  const empty = control.messages.length === 0 && round === undefined && ack === undefined && calls === undefined;
  return empty ? { append } : { control, append };
}

function isShortBulk(messages: readonly Message[]): boolean {
  let bytes = 0;
  for (const message of messages) {
    if (!isBulk(message)) return false;
    bytes += messageBytes(message);
  }
  return bytes <= SHARED_BYTES_MAX;
}
