import type { Packet } from '../ports/transport.js';
import type { Message } from '../raft/types.js';

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

/**
 * Splits a packet by lane and keeps the order within each part. Rounds, their answers and calls are small and urgent, so
 * they take the control lane. An empty part is left out.
 */
export function splitByLane(packet: Packet): { readonly control?: Packet; readonly append?: Packet } {
  const { group, messages, round, ack, calls } = packet;
  if (!messages.some(isBulk)) return { control: packet };
  const append: Packet = { group, messages: messages.filter(isBulk), round: undefined, ack: undefined };
  const control: Packet = { group, messages: messages.filter((message) => !isBulk(message)), round, ack, calls };
  const empty = control.messages.length === 0 && round === undefined && ack === undefined && calls === undefined;
  return empty ? { append } : { control, append };
}
