import type { Client } from '@grpc/grpc-js';
import { SignJWT } from 'jose';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { clampInteger } from '../../../src/util/integer.js';
import { defined } from '../../../src/util/assert.js';
import { rawClient, type RawAnswer } from '../../support/raw-client.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, LoneMember } from '../lone-member.js';

const p = etcdserverpb;
type Codec = { encode(request: never): { finish(): Uint8Array } };

export const PASSWORD = 'correct horse battery staple';

/** A cluster of one with users. Every step must succeed, but for those that return an answer. */
export class SecuredMember {
  readonly member: LoneMember;
  readonly client: Client;
  /** By user. */
  readonly tokens = new Map<string, string>();
  readonly #folder: string;
  /** What its tokens are signed with; undefined for simple tokens. */
  readonly key: KeyObject | undefined;

  private constructor(member: LoneMember, folder: string, key: KeyObject | undefined) {
    this.member = member;
    this.client = rawClient(endpointOf(member.member));
    this.#folder = folder;
    this.key = key;
  }

  /** With authentication off, and with the users root and those given. */
  static async start(
    options: {
      readonly jwt?: boolean;
      readonly ttlSeconds?: number;
      readonly bcryptCost?: number;
      readonly settings?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<SecuredMember> {
    const folder = makeTemporaryFolder('secured-member');
    const pair = options.jwt === true ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : undefined;
    const file = join(folder, 'key.pem');
    if (pair !== undefined) writeFileSync(file, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const member = await LoneMember.start({
      'bcrypt-cost': String(options.bcryptCost ?? 4),
      ...(options.ttlSeconds !== undefined && { 'auth-token-ttl': String(options.ttlSeconds) }),
      ...(pair !== undefined && { 'auth-token': `jwt,sign-method=RS256,priv-key=${file}` }),
      ...options.settings,
    });
    await member.member.ready;
    return new SecuredMember(member, folder, pair?.privateKey);
  }

  call(path: string, codec: Codec, request: object, user?: string): Promise<RawAnswer> {
    const token = user === undefined ? undefined : defined(this.tokens.get(user), `the token of ${user}`);
    const metadata = token === undefined ? {} : { token };
    return this.member.raw(`/etcdserverpb.${path}`, codec.encode(request as never).finish(), {
      metadata,
      timeoutMs: 30_000,
    });
  }

  async do(path: string, codec: Codec, request: object, user?: string): Promise<Buffer> {
    const { code, details, body } = await this.call(path, codec, request, user);
    if (code !== 0) throw new Error(`${path}: ${code} ${details}`);
    return body;
  }

  async addUser(
    name: string,
    permission?: { type: number; key: string; rangeEnd?: string },
    as?: string,
  ): Promise<void> {
    await this.do('Auth/UserAdd', p.AuthUserAddRequest, { name, password: PASSWORD }, as);
    if (permission === undefined) return;
    const key = Buffer.from(permission.key, 'latin1');
    const rangeEnd = Buffer.from(permission.rangeEnd ?? '', 'latin1');
    await this.do('Auth/RoleAdd', p.AuthRoleAddRequest, { name }, as);
    const perm = { permType: permission.type, key, rangeEnd };
    await this.do('Auth/RoleGrantPermission', p.AuthRoleGrantPermissionRequest, { name, perm }, as);
    await this.do('Auth/UserGrantRole', p.AuthUserGrantRoleRequest, { user: name, role: name }, as);
  }

  /** Adds root and enables authentication. */
  async enable(): Promise<void> {
    await this.addUser('root');
    await this.do('Auth/UserGrantRole', p.AuthUserGrantRoleRequest, { user: 'root', role: 'root' });
    await this.do('Auth/AuthEnable', p.AuthEnableRequest, {});
  }

  async logIn(name: string, password = PASSWORD): Promise<string> {
    const body = await this.do('Auth/Authenticate', p.AuthenticateRequest, { name, password });
    const { token } = p.AuthenticateResponse.decode(body);
    this.tokens.set(name, token);
    return token;
  }

  async revision(as?: string): Promise<number> {
    const body = await this.do('Auth/AuthStatus', p.AuthStatusRequest, {}, as);
    return clampInteger(p.AuthStatusResponse.decode(body).authRevision);
  }

  /** A token that the member would have signed. */
  sign(claims: { readonly username: string; readonly revision: number; readonly exp: number }): Promise<string> {
    return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256' }).sign(defined(this.key, 'a key'));
  }

  async dispose(): Promise<void> {
    this.client.close();
    await this.member.dispose();
    removeFolder(this.#folder);
  }
}
