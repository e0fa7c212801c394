import { authpb, etcdserverpb } from '../../src/gen/proto.js';
import { assertNever, defined } from '../../src/util/assert.js';
import type { Outcome } from '../support/history.js';
import { NOT_PROPOSED, type Level } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';
import type { Access, SecuredInput, SecuredOutput } from './users-model.js';

const p = etcdserverpb;
const { READ, WRITE, READWRITE } = authpb.Permission.Type;
const TYPES: Readonly<Record<Access, authpb.Permission.Type>> = { read: READ, write: WRITE, both: READWRITE };

export const PASSWORD = 'password';

const DENIED = 'etcdserver: permission denied';
/** Refusals of changes for what users there are. */
const REFUSALS: ReadonlySet<string> = new Set([
  'etcdserver: user name already exists',
  'etcdserver: user name not found',
  'etcdserver: role is not granted to the user',
  'etcdserver: permission is not granted to the role',
]);
/** The member does not know the caller, or not in the newest state: nothing has happened. */
const UNKNOWN_CALLERS: ReadonlySet<string> = new Set([
  'etcdserver: invalid auth token',
  'etcdserver: user name is empty',
  'etcdserver: revision of auth store is old',
]);

/** Whether another token may help. */
export function needsLogIn(message: string): boolean {
  return UNKNOWN_CALLERS.has(message);
}

export interface Answer {
  readonly outcome: Outcome<SecuredOutput>;
  /** The refusal; empty after success. */
  readonly message: string;
}

/** Makes a call at a member. @param level of a read */
export async function callSecured(member: VirtualMember, input: SecuredInput, level: Level): Promise<Answer> {
  const [method, body] = requestOf(input, level);
  const metadata = input.token === undefined ? {} : { token: input.token };
  const result = await member.call(`/etcdserverpb.${method}`, body, metadata);
  if (result.kind === 'ok') return { outcome: { kind: 'ok', output: outputOf(input, result.body) }, message: '' };
  const { message } = result.status;
  if (input.kind !== 'log in') {
    if (message === DENIED) return { outcome: { kind: 'ok', output: { kind: 'denied' } }, message };
    if (REFUSALS.has(message)) return { outcome: { kind: 'ok', output: { kind: 'refused' } }, message };
  }
  const isCertain = NOT_PROPOSED.has(message) || UNKNOWN_CALLERS.has(message);
  return { outcome: { kind: isCertain ? 'failed' : 'unknown' }, message };
}

function requestOf(input: SecuredInput, level: Level): readonly [method: string, body: Uint8Array] {
  switch (input.kind) {
    case 'read': {
      const readLevel = level === 'consistent' ? p.ReadLevel.CONSISTENT : p.ReadLevel.DEFAULT;
      return ['KV/Range', p.RangeRequest.encode({ key: Buffer.from(input.key), readLevel }).finish()];
    }
    case 'write': {
      const [key, value] = [Buffer.from(input.key), Buffer.from(input.value)];
      return ['KV/Put', p.PutRequest.encode({ key, value }).finish()];
    }
    case 'log in':
      return ['Auth/Authenticate', p.AuthenticateRequest.encode({ name: input.user, password: PASSWORD }).finish()];
    case 'enable':
      return ['Auth/AuthEnable', p.AuthEnableRequest.encode({}).finish()];
    case 'disable':
      return ['Auth/AuthDisable', p.AuthDisableRequest.encode({}).finish()];
    case 'permit': {
      const perm = { permType: TYPES[input.access], key: Buffer.from(input.key) };
      return ['Auth/RoleGrantPermission', p.AuthRoleGrantPermissionRequest.encode({ name: input.role, perm }).finish()];
    }
    case 'forbid': {
      const { role } = input;
      const body = p.AuthRoleRevokePermissionRequest.encode({ role, key: Buffer.from(input.key) }).finish();
      return ['Auth/RoleRevokePermission', body];
    }
    case 'add user':
      return ['Auth/UserAdd', p.AuthUserAddRequest.encode({ name: input.subject, password: PASSWORD }).finish()];
    case 'delete user':
      return ['Auth/UserDelete', p.AuthUserDeleteRequest.encode({ name: input.subject }).finish()];
    case 'void tokens': {
      // The password stays the same.
      const body = p.AuthUserChangePasswordRequest.encode({ name: input.subject, password: PASSWORD }).finish();
      return ['Auth/UserChangePassword', body];
    }
    case 'give role': {
      const { subject } = input;
      return ['Auth/UserGrantRole', p.AuthUserGrantRoleRequest.encode({ user: subject, role: subject }).finish()];
    }
    case 'take role': {
      const { subject } = input;
      return ['Auth/UserRevokeRole', p.AuthUserRevokeRoleRequest.encode({ name: subject, role: subject }).finish()];
    }
    default:
      return assertNever(input, 'action');
  }
}

function outputOf(input: SecuredInput, body: Uint8Array): SecuredOutput {
  if (input.kind === 'log in') return { kind: 'token', token: p.AuthenticateResponse.decode(body).token };
  if (input.kind !== 'read') return { kind: 'done' };
  const value = p.RangeResponse.decode(body).kvs[0]?.value;
  return { kind: 'value', value: value === undefined ? null : Buffer.from(defined(value, 'a value')).toString() };
}
