import { etcdserverpb as pb, v3electionpb, v3lockpb } from '../../src/gen/proto.js';
import type { authpb } from '../../src/gen/proto.js';
import { stream, unary } from '../../src/rpc/service.js';
import type { CallContext, Method, StreamCall } from '../../src/rpc/service.js';
import { Code } from '../../src/rpc/status.js';
import { bytesToLatin1, EMPTY } from '../../src/util/bytes.js';
import { ServedHost } from '../rpc/served-host.js';

interface Codec<T> {
  decode(body: Uint8Array): T;
}
interface Answer<T> {
  encode(answer: T): { finish(): Uint8Array };
}

/** A refusal in etcd's words. */
class Refused extends Error {
  readonly code: Code;
  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

const INVALID_TOKEN = new Refused(Code.UNAUTHENTICATED, 'etcdserver: invalid auth token');
const OLD_REVISION = new Refused(Code.INVALID_ARGUMENT, 'etcdserver: revision of auth store is old');
const NO_USER = new Refused(Code.INVALID_ARGUMENT, 'etcdserver: user name is empty');
const WRONG = new Refused(Code.INVALID_ARGUMENT, 'etcdserver: authentication failed, invalid user ID or password');
const refused = (text: string): Refused => new Refused(Code.FAILED_PRECONDITION, `etcdserver: ${text}`);

interface User {
  readonly password: string;
  readonly roles: Set<string>;
}

/**
 * A server with etcd's users, roles and tokens, which checks the token of every call and stream. A call that carries a valid
 * token may do everything. Tests end tokens and look at what arrived.
 */
export class FakeAuth {
  enabled = false;
  readonly users = new Map<string, User>();
  readonly roles = new Map<string, authpb.Permission.$Properties[]>();
  /** Calls by method and the token that they carried. */
  readonly calls: { readonly method: string; readonly token: string | undefined }[] = [];
  /** Values of the puts that were carried out. */
  readonly applied: string[] = [];
  /** The error of the next put after it is carried out. */
  loseAnswer: Refused | undefined;
  /** Tokens that were given out and are no longer valid, with the reason. */
  readonly #ended = new Map<string, Refused>();
  readonly #valid = new Set<string>();
  readonly #watches: StreamCall<pb.WatchRequest>[] = [];
  #tokens = 0;
  #revision = 1;
  #leases = 0;
  #served: ServedHost | undefined;

  static async start(): Promise<FakeAuth> {
    const fake = new FakeAuth();
    fake.#served = await ServedHost.start(fake.#methods());
    return fake;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#served?.port}`;
  }

  countOf(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Adds a user and asks for users from now on. */
  secure(user: string, password: string): void {
    this.users.set(user, { password, roles: new Set(['root']) });
    this.enabled = true;
  }

  /** Ends every token. */
  endTokens(why: 'expired' | 'stale' = 'expired'): void {
    for (const token of this.#valid) this.#ended.set(token, why === 'expired' ? INVALID_TOKEN : OLD_REVISION);
    this.#valid.clear();
  }

  /** Time until a log-in is answered, in ms. */
  logInMs = 0;

  /** Refuses tokens as soon as they are given out. */
  refuseAll = false;

  /** Cancels all watches for their tokens, as a server may that looks at them again. */
  cancelWatches(): void {
    for (const call of this.#watches.splice(0)) {
      call.send(pb.WatchResponse.encode({ header: {}, canceled: true, cancelReason: INVALID_TOKEN.message }).finish());
    }
  }

  cut(): void {
    for (const socket of this.#served?.sockets ?? []) socket.destroy();
  }

  async stop(): Promise<void> {
    await this.#served?.stop();
  }

  /** @throws Refused unless the call may do everything */
  #check(method: string, call: CallContext): void {
    const token = call.metadata('token');
    this.calls.push({ method, token });
    if (!this.enabled) return;
    if (token === undefined) throw NO_USER;
    if (!this.#valid.has(token) || this.refuseAll) throw this.#ended.get(token) ?? INVALID_TOKEN;
  }

  #unary<Request, Response>(
    path: string,
    codecs: { readonly request: Codec<Request>; readonly response: Answer<Response> },
    answer: (request: Request) => Response,
    anonymous = false,
  ): Method {
    const name = path.split('/').at(-1) ?? path;
    return unary<Request>({
      path,
      decode: (body) => codecs.request.decode(body),
      handle: (call, request) => {
        try {
          if (anonymous) this.calls.push({ method: name, token: call.metadata('token') });
          else this.#check(name, call);
          const body = codecs.response.encode(answer(request)).finish();
          if (name !== 'Authenticate' || this.logInMs === 0) return call.respond(body);
          const timer = setTimeout(() => call.respond(body), this.logInMs);
          call.onCancel(() => clearTimeout(timer));
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          call.fail({ code: error.code, message: error.message });
        }
      },
    });
  }

  #stream<Request>(
    kind: 'bidi' | 'server-stream',
    path: string,
    decode: (body: Uint8Array) => Request,
    handle: (call: StreamCall<Request>) => void,
  ): Method {
    return stream<Request>(kind, {
      path,
      decode,
      handle: (call) => {
        try {
          this.#check(path.split('/').at(-1) ?? path, call);
          handle(call);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          call.onMessage(() => undefined);
          call.fail({ code: error.code, message: error.message });
        }
      },
    });
  }

  #methods(): readonly Method[] {
    const header = { clusterId: 1, memberId: 2, revision: 5, raftTerm: 3 };
    const kv = (name: string): string => `/etcdserverpb.KV/${name}`;
    const lease = (name: string): string => `/etcdserverpb.Lease/${name}`;
    return [
      ...this.#authMethods(header),
      this.#unary(kv('Range'), { request: pb.RangeRequest, response: pb.RangeResponse }, ({ key }) => ({
        header,
        count: 1,
        kvs: [{ key, value: Buffer.from('v'), createRevision: 3, modRevision: 3, version: 1 }],
      })),
      this.#unary(kv('Put'), { request: pb.PutRequest, response: pb.PutResponse }, ({ value }) => {
        this.applied.push(Buffer.from(value).toString());
        const lost = this.loseAnswer;
        this.loseAnswer = undefined;
        if (lost !== undefined) throw lost;
        return { header };
      }),
      this.#unary(
        lease('LeaseGrant'),
        { request: pb.LeaseGrantRequest, response: pb.LeaseGrantResponse },
        ({ TTL }) => ({
          header,
          ID: ++this.#leases,
          TTL,
        }),
      ),
      this.#unary(lease('LeaseRevoke'), { request: pb.LeaseRevokeRequest, response: pb.LeaseRevokeResponse }, () => ({
        header,
      })),
      this.#stream(
        'bidi',
        lease('LeaseKeepAlive'),
        (body) => pb.LeaseKeepAliveRequest.decode(body),
        (call) => {
          call.onMessage(({ ID }) => call.send(pb.LeaseKeepAliveResponse.encode({ header, ID, TTL: 3 }).finish()));
        },
      ),
      this.#stream(
        'bidi',
        '/etcdserverpb.Watch/Watch',
        (body) => pb.WatchRequest.decode(body),
        (call) => {
          call.onMessage(({ createRequest }) => {
            if (!createRequest) return;
            this.#watches.push(call);
            call.send(pb.WatchResponse.encode({ header, created: true }).finish());
            const from = Math.max(6, Number(createRequest.startRevision));
            const event = {
              kv: { key: Buffer.from(`k${from}`), value: EMPTY, modRevision: from, createRevision: 1, version: 1 },
            };
            call.send(pb.WatchResponse.encode({ header: { ...header, revision: from }, events: [event] }).finish());
          });
        },
      ),
      this.#stream(
        'server-stream',
        '/etcdserverpb.Maintenance/Snapshot',
        (body) => pb.SnapshotRequest.decode(body),
        (call) => {
          call.onMessage(() => undefined);
          call.end();
        },
      ),
      this.#stream(
        'server-stream',
        '/v3electionpb.Election/Observe',
        (body) => v3electionpb.LeaderRequest.decode(body),
        (call) => {
          call.onMessage(() => {
            const leader = { key: Buffer.from('e/1'), value: Buffer.from('me'), modRevision: this.calls.length };
            call.send(v3electionpb.LeaderResponse.encode({ header, kv: leader }).finish());
            call.fail({ code: Code.UNKNOWN, message: INVALID_TOKEN.message });
          });
        },
      ),
      // etcd passes errors on without their code here.
      this.#unary(
        '/v3lockpb.Lock/Lock',
        { request: v3lockpb.LockRequest, response: v3lockpb.LockResponse },
        ({ name }) => ({
          header,
          key: name,
        }),
      ),
    ];
  }

  #authMethods(header: pb.ResponseHeader.$Properties): readonly Method[] {
    const auth = (name: string): string => `/etcdserverpb.Auth/${name}`;
    const roleOf = (name: string): authpb.Permission.$Properties[] => {
      const found = this.roles.get(name);
      if (found === undefined) throw refused('role name not found');
      return found;
    };
    const userOf = (name: string): User => {
      const found = this.users.get(name);
      if (found === undefined) throw refused('user name not found');
      return found;
    };
    const changed = (): { header: pb.ResponseHeader.$Properties } => {
      this.#revision++;
      return { header };
    };
    return [
      this.#unary(
        auth('Authenticate'),
        { request: pb.AuthenticateRequest, response: pb.AuthenticateResponse },
        ({ name, password }) => {
          if (!this.enabled) throw refused('authentication is not enabled');
          if (this.users.get(name)?.password !== password) throw WRONG;
          const token = `token-${++this.#tokens}`;
          this.#valid.add(token);
          return { header, token };
        },
        true,
      ),
      this.#unary(auth('AuthStatus'), { request: pb.AuthStatusRequest, response: pb.AuthStatusResponse }, () => ({
        header,
        enabled: this.enabled,
        authRevision: this.#revision,
      })),
      this.#unary(auth('AuthEnable'), { request: pb.AuthEnableRequest, response: pb.AuthEnableResponse }, () => {
        const root = this.users.get('root');
        if (root === undefined) throw refused('root user does not exist');
        if (!root.roles.has('root')) throw refused('root user does not have root role');
        this.enabled = true;
        return changed();
      }),
      this.#unary(auth('AuthDisable'), { request: pb.AuthDisableRequest, response: pb.AuthDisableResponse }, () => {
        this.enabled = false;
        return changed();
      }),
      this.#unary(auth('UserAdd'), { request: pb.AuthUserAddRequest, response: pb.AuthUserAddResponse }, (request) => {
        if (this.users.has(request.name)) throw refused('user name already exists');
        this.users.set(request.name, { password: request.password || request.hashedPassword, roles: new Set() });
        return changed();
      }),
      this.#unary(
        auth('UserGet'),
        { request: pb.AuthUserGetRequest, response: pb.AuthUserGetResponse },
        ({ name }) => ({
          header,
          roles: [...userOf(name).roles].sort(),
        }),
      ),
      this.#unary(auth('UserList'), { request: pb.AuthUserListRequest, response: pb.AuthUserListResponse }, () => ({
        header,
        users: [...this.users.keys()].sort(),
      })),
      this.#unary(
        auth('UserDelete'),
        { request: pb.AuthUserDeleteRequest, response: pb.AuthUserDeleteResponse },
        ({ name }) => {
          userOf(name);
          this.users.delete(name);
          return changed();
        },
      ),
      this.#unary(
        auth('UserChangePassword'),
        { request: pb.AuthUserChangePasswordRequest, response: pb.AuthUserChangePasswordResponse },
        ({ name, password }) => {
          this.users.set(name, { ...userOf(name), password });
          return changed();
        },
      ),
      this.#unary(
        auth('UserGrantRole'),
        { request: pb.AuthUserGrantRoleRequest, response: pb.AuthUserGrantRoleResponse },
        ({ user, role }) => {
          roleOf(role);
          userOf(user).roles.add(role);
          return changed();
        },
      ),
      this.#unary(
        auth('UserRevokeRole'),
        { request: pb.AuthUserRevokeRoleRequest, response: pb.AuthUserRevokeRoleResponse },
        ({ name, role }) => {
          if (!userOf(name).roles.delete(role)) throw refused('role is not granted to the user');
          return changed();
        },
      ),
      this.#unary(auth('RoleAdd'), { request: pb.AuthRoleAddRequest, response: pb.AuthRoleAddResponse }, ({ name }) => {
        if (this.roles.has(name)) throw refused('role name already exists');
        this.roles.set(name, []);
        return changed();
      }),
      this.#unary(
        auth('RoleGet'),
        { request: pb.AuthRoleGetRequest, response: pb.AuthRoleGetResponse },
        ({ role }) => ({
          header,
          perm: roleOf(role),
        }),
      ),
      this.#unary(auth('RoleList'), { request: pb.AuthRoleListRequest, response: pb.AuthRoleListResponse }, () => ({
        header,
        roles: [...this.roles.keys()].sort(),
      })),
      this.#unary(
        auth('RoleDelete'),
        { request: pb.AuthRoleDeleteRequest, response: pb.AuthRoleDeleteResponse },
        ({ role }) => {
          roleOf(role);
          this.roles.delete(role);
          return changed();
        },
      ),
      this.#unary(
        auth('RoleGrantPermission'),
        { request: pb.AuthRoleGrantPermissionRequest, response: pb.AuthRoleGrantPermissionResponse },
        ({ name, perm }) => {
          roleOf(name).push(perm ?? {});
          return changed();
        },
      ),
      this.#unary(
        auth('RoleRevokePermission'),
        { request: pb.AuthRoleRevokePermissionRequest, response: pb.AuthRoleRevokePermissionResponse },
        ({ role, key, rangeEnd }) => {
          const permissions = roleOf(role);
          const at = permissions.findIndex(
            (each) =>
              bytesToLatin1(each.key ?? EMPTY) === bytesToLatin1(key) &&
              bytesToLatin1(each.rangeEnd ?? EMPTY) === bytesToLatin1(rangeEnd),
          );
          if (at < 0) throw refused('permission is not granted to the role');
          permissions.splice(at, 1);
          return changed();
        },
      ),
    ];
  }
}

/** An answer that was lost behind the change. */
export const LOST = new Refused(Code.UNAVAILABLE, 'etcdserver: request timed out');
/** A broken server: it refuses the token after it has carried the call out. */
export const LATE_REFUSAL = new Refused(Code.UNAVAILABLE, 'etcdserver: invalid auth token');
