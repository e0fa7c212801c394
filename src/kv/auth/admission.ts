import { assertNever } from '../../util/assert.js';
import type { CommandKind } from '../commands/command.js';
import { kvError, type KvError } from '../errors.js';
import type { AuthState, Rights } from './auth-state.js';

/** Who may send a command while authentication is on. */
export type Requirement =
  /** Members themselves: no request of a client becomes such a command. */
  | 'none'
  /** A user with the role root. */
  | 'root'
  /** Any user. */
  | 'user'
  /** A user with permissions on the keys that the command concerns. */
  | 'keys';

const REQUIREMENTS: Readonly<Record<CommandKind, Requirement>> = {
  put: 'keys',
  deleteRange: 'keys',
  txn: 'keys',
  leaseGrant: 'user',
  leaseRevoke: 'keys',
  sessionOpen: 'user',
  sessionKeepAlive: 'user',
  /** Those of others by root. */
  sessionClose: 'user',
  /** Raised or disarmed by root. Any user may ask. */
  alarm: 'user',
  compaction: 'root',
  memberAdd: 'root',
  memberPromote: 'root',
  memberRemove: 'root',
  memberRelocate: 'root',
  authEnable: 'root',
  authDisable: 'root',
  userAdd: 'root',
  userDelete: 'root',
  userChangePassword: 'root',
  userGrantRole: 'root',
  userRevokeRole: 'root',
  roleAdd: 'root',
  roleDelete: 'root',
  roleGrantPermission: 'root',
  roleRevokePermission: 'root',
  feedCreate: 'root',
  feedDelete: 'root',
  feedReset: 'root',
  feedAck: 'keys',
  feedJoin: 'keys',
  indexCreate: 'root',
  indexDrop: 'root',
  memberUpdate: 'none',
  leaseExpire: 'none',
  sessionExpire: 'none',
  autoCompaction: 'none',
  memberAlarm: 'none',
  indexBuild: 'none',
  /** The password was checked by the member that proposed it: the peers of a cluster trust each other. */
  tokenAssign: 'none',
};

/** Whether a command comes from a user, and is subject to permissions. */
export function needsUser(kind: CommandKind): boolean {
  return REQUIREMENTS[kind] !== 'none';
}

/** The sender of a command, as its entry names it. */
export interface Sender {
  readonly kind: CommandKind;
  /** The user's name in UTF-8; empty for none. */
  readonly user: Uint8Array;
  readonly authRevision: number;
}

/**
 * The rights of a command's sender, while authentication is on; an error if the command is refused whatever its keys. Called
 * for commands that need a user.
 */
export function admit(auth: AuthState, { kind, user, authRevision }: Sender): Rights | KvError {
  if (user.length === 0) return kvError('user-empty');
  if (authRevision < auth.revision) return kvError('auth-old-revision');
  const rights = auth.rightsOfBytes(user);
  if (rights === undefined) return kvError('permission-denied');
  const requirement = REQUIREMENTS[kind];
  switch (requirement) {
    case 'root':
      return rights.isRoot ? rights : kvError('permission-denied');
    case 'user':
    case 'keys':
      return rights;
    case 'none':
      throw new Error(`a ${kind} has no sender`);
    default:
      return assertNever(requirement, 'requirement');
  }
}
