import { raftkvpb, type raftkv } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import type { Rights } from '../auth/auth-state.js';
import type { Draft } from '../commands/draft.js';
import { emptyBody, type BodyMaker } from '../commands/writes.js';
import { kvError, type KvError } from '../errors.js';
import type { EntryPosition } from '../leases/lease-commands.js';
import type { Session, SessionTable } from './session-table.js';

/** Lifetime of a session that is not used, in seconds. */
export const SESSION_TTL = { leastSeconds: 10, defaultSeconds: 600, mostSeconds: 86_400 } as const;

/** The state that the commands change, and the entry and user of one of them. */
export interface SessionContext {
  readonly sessions: SessionTable;
  readonly draft: Draft;
  readonly entry: EntryPosition;
  /** The name of the command's user; empty without authentication. */
  readonly user: string;
  /** Undefined while authentication is off. */
  readonly rights: Rights | undefined;
}

/** Opens a session with the id and TTL that the proposer has chosen. */
export function openSession(context: SessionContext, request: raftkv.SessionOpening): BodyMaker | KvError {
  const { sessions, draft, entry, user } = context;
  const id = clampInteger(request.session);
  const ttlSeconds = clampInteger(request.ttlSeconds);
  if (!sessions.open(draft, { id, user, ttlSeconds }, entry.index)) return kvError('session-exists');
  const { window } = sessions.bounds;
  return () => raftkvpb.SessionOpenResponse.encode({ session: id, ttlSeconds, window }).finish();
}

export function keepSessionAlive(
  context: SessionContext,
  request: raftkvpb.SessionKeepAliveRequest,
): BodyMaker | KvError {
  const { sessions, draft, entry, user } = context;
  const session = sessions.get(clampInteger(request.session));
  if (session === undefined) return kvError('session-not-found');
  if (session.user !== user) return kvError('session-of-another-user');
  const { id, ttlSeconds } = session;
  sessions.use(draft, id, { index: entry.index, acknowledged: 0 });
  return () => raftkvpb.SessionKeepAliveResponse.encode({ ttlSeconds }).finish();
}

export function closeSession(context: SessionContext, request: raftkvpb.SessionCloseRequest): BodyMaker | KvError {
  const { sessions, draft } = context;
  const session = sessions.get(clampInteger(request.session));
  if (session === undefined) return kvError('session-not-found');
  if (!mayManage(context, session)) return kvError('session-of-another-user');
  sessions.end(draft, session.id);
  return emptyBody;
}

/**
 * Ends a session that a leader found expired. The leader counts from when it saw the last use, or became leader: the decision of
 * a deposed leader has no effect, nor has one that a use of the session has overtaken in the log.
 */
export function expireSession(
  { sessions, draft, entry }: Pick<SessionContext, 'sessions' | 'draft' | 'entry'>,
  { session: id, lastIndex, term, idleMs }: raftkv.SessionExpiry,
): BodyMaker | KvError {
  if (clampInteger(term) !== entry.term) return kvError('session-expiry-void');
  const session = sessions.get(clampInteger(id));
  if (session === undefined) return kvError('session-not-found');
  const isIdle = session.lastIndex === clampInteger(lastIndex) && clampInteger(idleMs) >= session.ttlSeconds * 1000;
  if (!isIdle) return kvError('session-expiry-void');
  sessions.end(draft, session.id);
  return emptyBody;
}

/** Whether a caller sees and closes a session. */
export function mayManage(
  { user, rights }: Pick<SessionContext, 'user' | 'rights'>,
  session: Pick<Session, 'user'>,
): boolean {
  return rights === undefined || rights.isRoot || session.user === user;
}
