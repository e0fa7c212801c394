import { etcdserverpb } from '../../../src/gen/proto.js';
import type { CommandKind } from '../../../src/kv/commands/command.js';
import { toBigInt } from '../../../src/util/integer.js';
import type { LeasedKeys } from './leased-keys.js';
import type { KeyUse, Need } from './rights.js';

const p = etcdserverpb;

/** All keys of the users begin with it. */
export const USER_KEYS = 'u/';

/** Commands of members, which need no user. */
const OF_MEMBERS: ReadonlySet<CommandKind> = new Set<CommandKind>([
  'memberUpdate',
  'leaseExpire',
  'autoCompaction',
  'memberAlarm',
  'tokenAssign',
]);
/** Commands of any user. */
const OF_USERS: ReadonlySet<CommandKind> = new Set<CommandKind>(['leaseGrant', 'alarm']);

type Uses = (request: Uint8Array, leased: LeasedKeys) => readonly KeyUse[];

/** Commands that concern keys. */
const USES: Readonly<Partial<Record<CommandKind, Uses>>> = {
  put: (request, leased) => putUses(p.PutRequest.decode(request), leased),
  deleteRange: (request) => deletionUses(p.DeleteRangeRequest.decode(request)),
  txn: (request, leased) => txnUses(p.TxnRequest.decode(request), leased),
  leaseRevoke: (request, leased) => leaseUses(toBigInt(p.LeaseRevokeRequest.decode(request).ID), leased),
};

/** What the sender of a command needs; undefined for a command of a member. */
export function needOf(kind: CommandKind, request: Uint8Array, leased: LeasedKeys): Need | undefined {
  if (OF_MEMBERS.has(kind)) return undefined;
  if (OF_USERS.has(kind)) return 'user';
  return USES[kind]?.(request, leased) ?? 'root';
}

function putUses({ key, prevKv, lease }: etcdserverpb.PutRequest.$Properties, leased: LeasedKeys): KeyUse[] {
  const name = textOf(key);
  return [
    { access: 'write', key: name, end: '' },
    ...(prevKv === true ? [{ access: 'read', key: name, end: '' } as const] : []),
    ...leaseUses(toBigInt(lease), leased),
  ];
}

/** Whoever attaches a key to a lease, or revokes it, may delete all keys that are attached to it. */
function leaseUses(id: bigint, leased: LeasedKeys): KeyUse[] {
  return leased.keysOf(id).map((key) => ({ access: 'write', key, end: '' }));
}

function txnUses(
  { compare, success, failure }: etcdserverpb.TxnRequest.$Properties,
  leased: LeasedKeys,
): readonly KeyUse[] {
  const compared = (compare ?? []).map(({ key, rangeEnd }) => reading(key, rangeEnd));
  const done = [...(success ?? []), ...(failure ?? [])].flatMap((op) => [
    ...(op.requestRange ? [reading(op.requestRange.key, op.requestRange.rangeEnd)] : []),
    ...(op.requestPut ? putUses(op.requestPut, leased) : []),
    ...(op.requestDeleteRange ? deletionUses(op.requestDeleteRange) : []),
    ...(op.requestTxn ? txnUses(op.requestTxn, leased) : []),
  ]);
  return [...compared, ...done];
}

function deletionUses({ key, rangeEnd, prevKv }: etcdserverpb.DeleteRangeRequest.$Properties): KeyUse[] {
  const write = { access: 'write', key: textOf(key), end: textOf(rangeEnd) } as const;
  return prevKv === true ? [write, { ...write, access: 'read' }] : [write];
}

function reading(key: Uint8Array | null | undefined, end: Uint8Array | null | undefined): KeyUse {
  return { access: 'read', key: textOf(key), end: textOf(end) };
}

export function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('latin1');
}

const TAGS: Readonly<Partial<Record<CommandKind, (request: Uint8Array) => string | undefined>>> = {
  put: (request) => valueOf(p.PutRequest.decode(request)),
  deleteRange: (request) => textOf(p.DeleteRangeRequest.decode(request).rangeEnd).split('!')[1],
  txn: (request) => {
    const [first] = p.TxnRequest.decode(request).success;
    return valueOf(first?.requestPut ?? first?.requestTxn?.success?.[0]?.requestPut ?? {});
  },
  leaseGrant: (request) => `grants ${toBigInt(p.LeaseGrantRequest.decode(request).ID)}`,
  leaseRevoke: (request) => `revokes ${toBigInt(p.LeaseRevokeRequest.decode(request).ID)}`,
  roleAdd: (request) => `adds ${p.AuthRoleAddRequest.decode(request).name}`,
};

/** By what the client that sent a command recognizes it. */
export function tagOf(kind: CommandKind, request: Uint8Array): string | undefined {
  return TAGS[kind]?.(request);
}

/** Undefined if it is not one of a user. */
function valueOf({ key, value }: etcdserverpb.PutRequest.$Properties): string | undefined {
  return textOf(key).startsWith(USER_KEYS) ? textOf(value) : undefined;
}
