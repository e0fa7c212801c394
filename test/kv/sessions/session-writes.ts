import { etcdserverpb, raftkv, raftkvpb } from '../../../src/gen/proto.js';
import type { CommandKind, CommandUser } from '../../../src/kv/commands/command.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import type { SessionCall } from '../../../src/kv/sessions/session-call.js';
import type { ApplyResult, KvStore } from '../../../src/kv/store.js';
import { TERM } from '../support/fixture.js';

export type Command = readonly [CommandKind, Uint8Array, (CommandUser | undefined)?, (SessionCall | undefined)?];

export function userNamed(name: string, authRevision = 0): CommandUser {
  return { bytes: Buffer.from(name), authRevision };
}

/** Commands of sessions. */
export const session = {
  open: (id: number, user?: CommandUser, ttlSeconds = 60): Command => [
    'sessionOpen',
    raftkv.SessionOpening.encode({ session: id, ttlSeconds }).finish(),
    user,
  ],
  keepAlive: (id: number, user?: CommandUser): Command => [
    'sessionKeepAlive',
    raftkvpb.SessionKeepAliveRequest.encode({ session: id }).finish(),
    user,
  ],
  close: (id: number, user?: CommandUser): Command => [
    'sessionClose',
    raftkvpb.SessionCloseRequest.encode({ session: id }).finish(),
    user,
  ],
  expire: (id: number, lastIndex: number, term = TERM, idleMs = 60_000): Command => [
    'sessionExpire',
    raftkv.SessionExpiry.encode({ session: id, lastIndex, term, idleMs }).finish(),
  ],
} as const;

/** A command as one of a session. */
export function within(
  [kind, request, user]: Command,
  [id, sequence, acknowledged = 1]: readonly [session: number, sequence: number, acknowledged?: number],
): Command {
  return [kind, request, user, { session: id, sequence, acknowledged }];
}

/** The revision and the error, or the body in hex. */
export function shown(result: ApplyResult | undefined): string {
  if (result === undefined) return 'nothing';
  const { revision } = result;
  if (result.kind === 'error') return `${revision} ${result.error.kind}`;
  return `${revision} ok ${Buffer.from(wholeBody(result.body)).toString('hex')}`;
}

/** The version of a key: how often it was put. */
export async function versionOf(store: KvStore, key: string): Promise<number> {
  const result = await store.range({ key: Buffer.from(key) });
  if (result.kind === 'error') throw new Error(result.error.kind);
  return Number(etcdserverpb.RangeResponse.decode(wholeBody(result.body)).kvs[0]?.version ?? 0);
}
