import type { MessageType } from '../raft/types.js';
import { CodecError } from './codec-error.js';

/**
 * Wire numbers of the message kinds. A number is never reused for another kind. Kinds that stay inside their node have
 * none.
 */
const MESSAGE_NUMBERS = {
  MsgProp: 1,
  MsgApp: 2,
  MsgAppResp: 3,
  MsgVote: 4,
  MsgVoteResp: 5,
  MsgSnap: 6,
  MsgHeartbeat: 7,
  MsgHeartbeatResp: 8,
  MsgTransferLeader: 9,
  MsgTimeoutNow: 10,
  MsgReadIndex: 11,
  MsgReadIndexResp: 12,
  MsgPreVote: 13,
  MsgPreVoteResp: 14,
} as const satisfies Partial<Record<MessageType, number>>;

const NUMBERS: ReadonlyMap<MessageType, number> = new Map(Object.entries(MESSAGE_NUMBERS) as [MessageType, number][]);
const TYPES: ReadonlyMap<number, MessageType> = new Map([...NUMBERS].map(([type, number]) => [number, type]));

/** @throws CodecError on a kind that stays inside its node */
export function numberOf(type: MessageType): number {
  const number = NUMBERS.get(type);
  if (number === undefined) throw new CodecError(`${type} does not leave its node`);
  return number;
}

/** @throws CodecError on a number of no kind */
export function messageTypeOf(number: number): MessageType {
  const type = TYPES.get(number);
  if (type === undefined) throw new CodecError(`unknown kind of message ${number}`);
  return type;
}

/**
 * Kinds that a member passes on to the leader for another member, whose id they keep. All others come from the member at
 * the other end of the link.
 */
export const FORWARDED: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgProp',
  'MsgReadIndex',
  'MsgTransferLeader',
]);
