import { admit } from '../auth/admission.js';
import type { AuthState } from '../auth/auth-state.js';
import { etcdserverpb, raftkv } from '../../gen/proto.js';
import type { ConfChange, ConfChangeStep } from '../../raft/types.js';
import { assertNever } from '../../util/assert.js';
import { formatMemberId } from '../../util/member-id.js';
import { EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import type { BodyMaker } from '../commands/writes.js';
import { decodeCommand, UnknownCommandError, type Command } from '../commands/command.js';
import { kvError, type KvError } from '../errors.js';
import { toApiMember, toMember, type Member } from './members.js';

/*
 * The effect of configuration changes on the members table. The command is the context of the change, so both take
 * effect with one entry. The rules here depend only on replicated state and the command: all members decide alike,
 * whatever was checked before the change was proposed. Each change is applied at most once: an id that was added or
 * removed cannot be added again, and new URLs name the ones that they replace.
 */

/** Current and removed members. */
export interface MembersTable {
  /** By id. */
  readonly members: ReadonlyMap<number, Member>;
  /** Ids of removed members, which are never used again. */
  readonly removed: ReadonlySet<number>;
}

export type MemberChange =
  | { readonly kind: 'memberAdd'; readonly member: Member; readonly maxLearners: number }
  | { readonly kind: 'memberPromote' | 'memberRemove'; readonly id: number }
  | {
      readonly kind: 'memberRelocate';
      readonly id: number;
      readonly peerUrls: readonly string[];
      readonly basedOn: number;
    };

/** The body of a command for a change. */
export function encodeMemberChange(change: MemberChange): Uint8Array {
  switch (change.kind) {
    case 'memberAdd': {
      const { peerUrls, clientUrls, ...rest } = change.member;
      const member = { ...rest, peerUrls: [...peerUrls], clientUrls: [...clientUrls] };
      return raftkv.MemberAddition.encode({ member, maxLearners: change.maxLearners }).finish();
    }
    case 'memberPromote':
    case 'memberRemove':
      return raftkv.MemberRecord.encode({ id: change.id }).finish();
    case 'memberRelocate': {
      const { id, peerUrls, basedOn } = change;
      return raftkv.MemberRelocation.encode({ id, peerUrls: [...peerUrls], basedOn }).finish();
    }
    default:
      return assertNever(change, 'change of the members');
  }
}

/** The change as the core takes it. */
export function stepOf(change: MemberChange): ConfChangeStep {
  switch (change.kind) {
    case 'memberAdd':
      return { type: change.member.isLearner ? 'add-learner' : 'add-voter', id: change.member.id };
    case 'memberPromote':
      return { type: 'add-voter', id: change.id };
    case 'memberRemove':
      return { type: 'remove', id: change.id };
    case 'memberRelocate':
      return { type: 'update', id: change.id };
    default:
      return assertNever(change, 'change of the members');
  }
}

/**
 * The command of a change; undefined for one that leaves a joint configuration, which does not concern members.
 * @throws UnknownCommandError on a context that this version does not write
 */
export function commandOf({ steps, context }: ConfChange): { command: Command; change: MemberChange } | undefined {
  if (steps.length === 0 && context.length === 0) return undefined;
  const command = decodeCommand(context);
  const change = changeOf(command);
  const step = stepOf(change);
  if (steps.length !== 1 || steps[0]?.id !== step.id || steps[0].type !== step.type) {
    throw new UnknownCommandError(`a ${change.kind} that does not agree with its change of the configuration`);
  }
  return { command, change };
}

function changeOf({ kind, request }: Command): MemberChange {
  switch (kind) {
    case 'memberAdd': {
      const { member, maxLearners } = raftkv.MemberAddition.decode(request);
      return { kind, member: toMember(member ?? {}), maxLearners };
    }
    case 'memberPromote':
    case 'memberRemove':
      return { kind, id: clampInteger(raftkv.MemberRecord.decode(request).id) };
    case 'memberRelocate': {
      const { id, peerUrls, basedOn } = raftkv.MemberRelocation.decode(request);
      return { kind, id: clampInteger(id), peerUrls, basedOn: clampInteger(basedOn) };
    }
    case 'put':
    case 'deleteRange':
    case 'txn':
    case 'compaction':
    case 'memberUpdate':
    case 'leaseGrant':
    case 'leaseRevoke':
    case 'leaseExpire':
    case 'sessionOpen':
    case 'sessionKeepAlive':
    case 'sessionClose':
    case 'sessionExpire':
    case 'alarm':
    case 'autoCompaction':
    case 'memberAlarm':
    case 'authEnable':
    case 'authDisable':
    case 'tokenAssign':
    case 'userAdd':
    case 'userDelete':
    case 'userChangePassword':
    case 'userGrantRole':
    case 'userRevokeRole':
    case 'roleAdd':
    case 'roleDelete':
    case 'roleGrantPermission':
    case 'roleRevokePermission':
    case 'feedCreate':
    case 'feedDelete':
    case 'feedReset':
    case 'feedAck':
    case 'feedJoin':
    case 'indexCreate':
    case 'indexDrop':
    case 'indexBuild':
      throw new UnknownCommandError(`a ${kind} in a change of the configuration`);
    default:
      return assertNever(kind, 'command');
  }
}

/** The error that refuses a change, or undefined. Checks in etcd's order. */
export function checkMemberChange(table: MembersTable, change: MemberChange): KvError | undefined {
  if (change.kind === 'memberAdd') return checkAddition(table, change.member, change.maxLearners);
  const known = table.members.get(change.id);
  if (known === undefined) return kvError('member-not-found');
  switch (change.kind) {
    case 'memberPromote':
      return known.isLearner ? undefined : kvError('not-a-learner');
    case 'memberRemove':
      return undefined;
    case 'memberRelocate': {
      if (areTaken(table, change.peerUrls, change.id)) return kvError('peer-urls-exist');
      return (known.peerUrlsIndex ?? 0) === change.basedOn ? undefined : kvError('member-changed');
    }
    default:
      return assertNever(change, 'change of the members');
  }
}

/** The same, and the permission of the user who sent it. */
export function checkMemberCommand(
  { members, auth }: { readonly members: MembersTable; readonly auth: AuthState },
  { command, change }: { readonly command: Command; readonly change: MemberChange },
): KvError | undefined {
  return refusalOf(auth, command) ?? checkMemberChange(members, change);
}

function refusalOf(auth: AuthState, { kind, user }: Command): KvError | undefined {
  if (!auth.enabled) return undefined;
  const admitted = admit(auth, { kind, user: user?.bytes ?? EMPTY, authRevision: user?.authRevision ?? 0 });
  return admitted.kind === 'rights' ? undefined : admitted;
}

function checkAddition(table: MembersTable, member: Member, maxLearners: number): KvError | undefined {
  if (table.removed.has(member.id)) return kvError('member-not-found');
  if (table.members.has(member.id)) return kvError('member-exists');
  if (areTaken(table, member.peerUrls, member.id)) return kvError('peer-urls-exist');
  if (!member.isLearner) return undefined;
  const learners = [...table.members.values()].filter(({ isLearner }) => isLearner).length;
  return learners >= maxLearners ? kvError('too-many-learners') : undefined;
}

function areTaken({ members }: MembersTable, urls: readonly string[], except: number): boolean {
  return [...members.values()].some(({ id, peerUrls }) => id !== except && peerUrls.some((url) => urls.includes(url)));
}

/** The table after a change that `checkMemberChange` accepts. */
export function changedTable(table: MembersTable, change: MemberChange, index: number): MembersTable {
  const members = new Map(table.members);
  const set = (member: Member): void => void members.set(member.id, member);
  switch (change.kind) {
    case 'memberAdd':
      set({ ...change.member, peerUrlsIndex: index });
      break;
    case 'memberPromote':
      set({ ...known(table, change.id), isLearner: false });
      break;
    case 'memberRemove':
      members.delete(change.id);
      return { members, removed: new Set([...table.removed, change.id].sort((left, right) => left - right)) };
    case 'memberRelocate':
      set({ ...known(table, change.id), peerUrls: change.peerUrls, peerUrlsIndex: index });
      break;
    default:
      return assertNever(change, 'change of the members');
  }
  return { members: new Map([...members].sort(([left], [right]) => left - right)), removed: table.removed };
}

/** The answer to a change: the member that was added, and all members. */
export function changeBody(change: MemberChange, { members }: MembersTable): BodyMaker {
  return () => {
    const all = [...members.values()].map(toApiMember);
    if (change.kind !== 'memberAdd') return etcdserverpb.MemberRemoveResponse.encode({ members: all }).finish();
    const added = members.get(change.member.id);
    const member = added === undefined ? null : toApiMember(added);
    return etcdserverpb.MemberAddResponse.encode({ member, members: all }).finish();
  };
}

function known({ members }: MembersTable, id: number): Member {
  const member = members.get(id);
  if (member === undefined) throw new UnknownCommandError(`a change of ${formatMemberId(id)}, which is not a member`);
  return member;
}
