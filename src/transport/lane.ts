import type { Packet } from '../ports/transport.js';
import type { Message } from '../raft/types.js';

/**
 * Two streams a peer, each on a connection of its own: what keeps a leader alive must not wait behind megabytes of
 * entries, neither in our queues nor in a socket's buffer nor for an HTTP/2 window.
 */
export const LANES = ['control', 'append'] as const;
export type Lane = (typeof LANES)[number];

/**
 * Whether a message may be large, or must not overtake one that is: an append without entries tells a commit index, but
 * it also names the entry before it, and who does not have that yet refuses it.
 */
function isBulk({ type }: Message): boolean {
  return type === 'MsgApp' || type === 'MsgProp' || type === 'MsgSnap';
}

/**
 * Parts a packet by lane, each part in the packet's order. A round and its answer, and what members ask each other, are
 * small and urgent: control. A part that would hold nothing is left out.
 */
export function splitByLane(packet: Packet): { readonly control?: Packet; readonly append?: Packet } {
  const { group, messages, round, ack, calls } = packet;
  if (!messages.some(isBulk)) return { control: packet };
  const append: Packet = { group, messages: messages.filter(isBulk), round: undefined, ack: undefined };
  const control: Packet = { group, messages: messages.filter((message) => !isBulk(message)), round, ack, calls };
  const empty = control.messages.length === 0 && round === undefined && ack === undefined && calls === undefined;
  return empty ? { append } : { control, append };
}
