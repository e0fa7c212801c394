import { raftkv } from '../../gen/proto.js';
import { toMember, type Member } from '../../kv/membership/members.js';
import { askPeer } from '../../transport/ask.js';
import type { Connect } from '../../transport/connect.js';
import { clampInteger } from '../../util/integer.js';

/** A running member's view of its cluster. */
export interface Account {
  readonly clusterId: number;
  readonly members: readonly Member[];
  readonly firstMembers: readonly Member[];
  readonly removed: readonly number[];
  readonly heard: readonly number[];
}

/** Timeout of a question to one member, in ms. */
const ASK_MS = 1_000;

/** Asks the member behind a peer URL. */
export type AskAccount = (url: string) => Promise<Account>;

/**
 * Asks the member behind a peer URL.
 * @throws Error with the reason in a few words
 */
export async function accountOf(url: string, connect?: Connect): Promise<Account> {
  const body = raftkv.MembersRequest.encode({}).finish();
  const answer = raftkv.MembersResponse.decode(
    await askPeer(url, { path: '/raftkv.Peer/Members', body, timeoutMs: ASK_MS, connect }),
  );
  return {
    clusterId: clampInteger(answer.clusterId),
    members: answer.members.map(toMember),
    firstMembers: answer.firstMembers.map(toMember),
    removed: answer.removed.map(clampInteger),
    heard: answer.heard.map(clampInteger),
  };
}
