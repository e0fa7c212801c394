import { etcdserverpb } from '../../gen/proto.js';
import type { AuthCommandKind } from '../../kv/auth/auth-commands.js';
import type { AuthState, Rights } from '../../kv/auth/auth-state.js';
import { kvError, type KvError } from '../../kv/errors.js';
import type { EncodedBody } from '../../kv/format/wire.js';
import type { KvStore, ReadResult } from '../../kv/store.js';
import type { Clock } from '../../ports/clock.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Access } from '../requests/access.js';
import { Errors, statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { PLAIN_READ } from '../requests/read-level.js';
import type { Reader } from '../requests/reader.js';
import { AuthLists } from './auth-lists.js';
import { ChangeTurns } from './change-turns.js';
import type { LogIn } from './log-in.js';
import type { NewPasswords } from './new-passwords.js';

export interface AuthServiceOptions {
  readonly store: Pick<KvStore, 'auth' | 'revision' | 'appliedIndex'>;
  readonly headers: Headers;
  readonly writes: Pick<ClientWrites, 'submit'>;
  readonly reader: Pick<Reader, 'serve'>;
  readonly access: Access;
  readonly logIn: Pick<LogIn, 'begin'>;
  readonly newPasswords: NewPasswords;
  readonly clock: Pick<Clock, 'soon'>;
  /** Called when a role would have more permissions than it may. */
  readonly onLimit: OnLimit;
}

interface ServiceParts extends AuthServiceOptions {
  readonly turns: ChangeTurns;
}

type Answer = EncodedBody | Promise<EncodedBody> | 'user-not-found' | 'role-not-found';

const isRoot = (rights: Rights): boolean => rights.isRoot;

/** etcd's Auth service. Changes go through the log; queries are linearizable reads. */
export function authService(serviceOptions: AuthServiceOptions): readonly Method[] {
  const options = { ...serviceOptions, turns: new ChangeTurns() };
  const { logIn } = options;
  const p = etcdserverpb;
  return [
    unary({
      path: '/etcdserverpb.Auth/Authenticate',
      decode: (body) => p.AuthenticateRequest.decode(body),
      handle: (call, request) => logIn.begin(call, request),
    }),
    ...passwordMethods(options),
    ...changes(options),
    ...queries(options),
  ];
}

/** Changes whose requests go into the log as they are. */
function changes(options: ServiceParts): readonly Method[] {
  const p = etcdserverpb;
  const change = (name: string, kind: AuthCommandKind, type: { decode(body: Uint8Array): unknown }): Method =>
    unary({
      path: `/etcdserverpb.Auth/${name}`,
      // Refuses bytes that are not such a request.
      decode: (bytes) => ({ bytes, request: type.decode(bytes) }),
      handle: (call, { bytes }) => submit(options, call, { kind, request: bytes }),
    });
  return [
    unary({
      path: '/etcdserverpb.Auth/RoleAdd',
      decode: (bytes) => ({ bytes, name: p.AuthRoleAddRequest.decode(bytes).name }),
      handle: (call, { bytes, name }) => {
        if (isTooLong(name)) return call.fail(nameTooLong);
        submit(options, call, { kind: 'roleAdd', request: bytes });
      },
    }),
    change('AuthEnable', 'authEnable', p.AuthEnableRequest),
    change('AuthDisable', 'authDisable', p.AuthDisableRequest),
    change('UserDelete', 'userDelete', p.AuthUserDeleteRequest),
    change('UserGrantRole', 'userGrantRole', p.AuthUserGrantRoleRequest),
    change('UserRevokeRole', 'userRevokeRole', p.AuthUserRevokeRoleRequest),
    change('RoleDelete', 'roleDelete', p.AuthRoleDeleteRequest),
    change('RoleGrantPermission', 'roleGrantPermission', p.AuthRoleGrantPermissionRequest),
    change('RoleRevokePermission', 'roleRevokePermission', p.AuthRoleRevokePermissionRequest),
  ];
}

/** Changes with a password, of which only the hash enters the log. */
function passwordMethods(options: ServiceParts): readonly Method[] {
  const { access, newPasswords } = options;
  /** In etcd's order: the length of the password, then the user, then everything else. */
  const hashed = (
    call: UnaryCall,
    request: { readonly password: string; readonly hashedPassword: string; readonly mayBeEmpty: boolean },
    then: (hashedPassword: string) => void,
  ): void => {
    const wrong = newPasswords.problem(request);
    if (wrong !== undefined) return call.fail(wrong);
    const go = (): void => newPasswords.hash(call, request, then);
    const checked = { call, concernsKeys: false, permits: isRoot };
    if (!access.enabled || access.refusal(checked) === undefined) return go();
    access.confirm(checked, (refused) => (refused === undefined ? go() : call.fail(refused)));
  };
  const p = etcdserverpb;
  return [
    unary({
      path: '/etcdserverpb.Auth/UserAdd',
      decode: (body) => p.AuthUserAddRequest.decode(body),
      handle: (call, { name, password, hashedPassword, options: asked }) => {
        if (isTooLong(name)) return call.fail(nameTooLong);
        const noPassword = asked?.noPassword ?? false;
        const add = (hash: string): void => {
          const request = { name, hashedPassword: hash, options: { noPassword } };
          submit(options, call, { kind: 'userAdd', request: p.AuthUserAddRequest.encode(request).finish() });
        };
        if (noPassword) hashed(call, { password: '', hashedPassword: '', mayBeEmpty: true }, add);
        else hashed(call, { password, hashedPassword, mayBeEmpty: false }, add);
      },
    }),
    unary({
      path: '/etcdserverpb.Auth/UserChangePassword',
      decode: (body) => p.AuthUserChangePasswordRequest.decode(body),
      handle: (call, { name, password, hashedPassword }) =>
        hashed(call, { password, hashedPassword, mayBeEmpty: true }, (hash) => {
          const request = p.AuthUserChangePasswordRequest.encode({ name, hashedPassword: hash }).finish();
          submit(options, call, { kind: 'userChangePassword', request });
        }),
    }),
  ];
}

/** Longest name of a user or role, in bytes: lists of them must fit a message. */
const NAME_BYTES_MAX = 4096;

const nameTooLong: Status = {
  code: Code.INVALID_ARGUMENT,
  message: `raftkv: the name is longer than ${NAME_BYTES_MAX} bytes`,
};

function isTooLong(name: string): boolean {
  return name.length > NAME_BYTES_MAX || Buffer.byteLength(name) > NAME_BYTES_MAX;
}

/** Submissions of one change while other changes come between. */
const ATTEMPTS_MAX = 100;

interface Change {
  readonly call: UnaryCall;
  readonly command: { readonly kind: AuthCommandKind; readonly request: Uint8Array };
  readonly left: number;
  /** Ends the turn of a change that another one came before; undefined for the first attempt. */
  readonly endTurn: (() => void) | undefined;
}

function submit(options: ServiceParts, call: UnaryCall, command: Change['command']): void {
  attempt(options, { call, command, left: ATTEMPTS_MAX, endTurn: undefined });
}

/** The answer to a change has a header and nothing else. */
function attempt(options: ServiceParts, change: Change): void {
  const { writes, headers, access, turns, onLimit } = options;
  const { call, command, left, endTurn } = change;
  writes.submit({
    call,
    ...command,
    permits: isRoot,
    done: (outcome) => {
      // Another change was applied first. The user's token, if it does not state a revision, is as good as before.
      const isOld = outcome.kind !== 'failed' && outcome.result.kind === 'error' && isOldRevision(outcome.result.error);
      if (isOld && left > 1 && access.refusal({ call, permits: isRoot }) === undefined) {
        const again = (endOfTurn: () => void): void =>
          attempt(options, { ...change, left: left - 1, endTurn: endOfTurn });
        if (endTurn !== undefined) return again(endTurn);
        if (!turns.add(again)) call.fail(Errors.tooManyRequests);
        return;
      }
      endTurn?.();
      if (outcome.kind === 'failed') return call.fail(outcome.status);
      const { result } = outcome;
      if (result.kind === 'ok') return call.respond(headers.encode(result.revision));
      if (result.error.kind === 'too-many-permissions') onLimit('role_permissions');
      call.fail(statusOf(result.error));
    },
  });
}

function isOldRevision({ kind }: KvError): boolean {
  return kind === 'auth-old-revision';
}

function queries({ store, reader, access, clock }: AuthServiceOptions): readonly Method[] {
  const p = etcdserverpb;
  const lists = new AuthLists(() => new Promise((resolve) => clock.soon(resolve)));
  const query = <Request>(
    name: string,
    type: { decode(body: Uint8Array): Request },
    {
      permits,
      answer,
    }: { permits: (rights: Rights, request: Request, user: string) => boolean; answer: Answering<Request> },
  ): Method =>
    unary({
      path: `/etcdserverpb.Auth/${name}`,
      decode: (body) => type.decode(body),
      handle: (call, request) =>
        reader.serve(call, { ...PLAIN_READ, level: 'consistent' }, () => {
          const user = access.userOf(call)?.name ?? '';
          const refused = access.enabled
            ? access.refusal({ call, concernsKeys: false, permits: (rights) => permits(rights, request, user) })
            : undefined;
          if (refused !== undefined) return { kind: 'refused', status: refused };
          const found = answer(store.auth(), request);
          if (typeof found === 'string') return { kind: 'refused', status: statusOf(kvError(found)) };
          // Of the state that the answer is made from, however long that takes.
          const position = { revision: store.revision(), appliedIndex: store.appliedIndex() };
          const result = (body: EncodedBody): ReadResult => ({ kind: 'ok', body, ...position });
          return found instanceof Promise ? found.then(result) : result(found);
        }),
    });
  return [
    query('AuthStatus', p.AuthStatusRequest, {
      permits: isRoot,
      answer: ({ enabled, revision }) => p.AuthStatusResponse.encode({ enabled, authRevision: revision }).finish(),
    }),
    query('UserList', p.AuthUserListRequest, {
      permits: isRoot,
      answer: ({ users }) => lists.users(users),
    }),
    query('RoleList', p.AuthRoleListRequest, {
      permits: isRoot,
      answer: ({ roles }) => lists.roles(roles),
    }),
    query('UserGet', p.AuthUserGetRequest, {
      permits: (rights, { name }, user) => rights.isRoot || name === user,
      answer: ({ users }, { name }) => {
        const user = users.get(name);
        return user === undefined
          ? 'user-not-found'
          : p.AuthUserGetResponse.encode({ roles: [...user.roles] }).finish();
      },
    }),
    query('RoleGet', p.AuthRoleGetRequest, {
      permits: (rights, { role }) => rights.isRoot || rights.roles.includes(role),
      answer: ({ roles }, { role: name }) => {
        const role = roles.get(name);
        return role === undefined ? 'role-not-found' : lists.permissions(role);
      },
    }),
  ];
}

type Answering<Request> = (auth: AuthState, request: Request) => Answer;
