import type { Client } from '@grpc/grpc-js';
import { SignJWT } from 'jose';
import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { authpb, etcdserverpb } from '../../../src/gen/proto.js';
import { clampInteger } from '../../../src/util/integer.js';
import { poll } from '../../support/poll.js';
import { rawCall } from '../../support/raw-client.js';
import { type Caller, USERS } from './matrix-rows.js';

const { READ, WRITE, READWRITE } = authpb.Permission.Type;
const p = etcdserverpb;
const PASSWORD = 'correct horse battery staple';
const PERMISSIONS: Readonly<Partial<Record<Caller, { type: number; key: string; rangeEnd?: string }>>> = {
  'read key': { type: READ, key: 'k' },
  'write key': { type: WRITE, key: 'k' },
  key: { type: READWRITE, key: 'k' },
  prefix: { type: READWRITE, key: 'k', rangeEnd: 'l' },
  range: { type: READWRITE, key: 'j', rangeEnd: 'm' },
  'from key': { type: READWRITE, key: 'k', rangeEnd: '\0' },
};
/** Time by which each wait for the end of a simple token is longer, in ms: each use lets it last for another second. */
const EXPIRY_MS = 1_100;

type Codec = { encode(request: never): { finish(): Uint8Array } };
type Do = (path: string, codec: Codec, request: object) => Promise<Buffer>;

/** The calls of a client that must succeed, of the package etcdserverpb. */
function doer(client: Client, token?: string): Do {
  const metadata = token === undefined ? {} : { token };
  return async (path, codec, request) => {
    const body = codec.encode(request as never).finish();
    const answer = await rawCall(client, `/etcdserverpb.${path}`, body, { metadata, timeoutMs: 30_000 });
    if (answer.code !== 0) throw new Error(`${path}: ${answer.code} ${answer.details}`);
    return answer.body;
  };
}

/**
 * Adds the users, the leases and the keys of the matrix to a new cluster, and enables authentication.
 * @param key what the member's tokens are signed with; undefined for simple tokens, without those that are expired or stale
 * @returns the tokens by caller
 */
export async function prepareMatrix(client: Client, key?: KeyObject): Promise<Map<string, string>> {
  const run = doer(client);
  for (const user of USERS) await addUser(run, user);
  for (const ID of [78, 79, 80]) await run('Lease/LeaseGrant', p.LeaseGrantRequest, { ID, TTL: 6000 });
  for (const [name, lease] of [
    ['other', 78],
    ['m', 79],
  ] as const) {
    await run('KV/Put', p.PutRequest, { key: Buffer.from(name), lease });
  }
  await run('Auth/AuthEnable', p.AuthEnableRequest, {});
  const tokens = new Map([['wrong token', 'abcdefghijklmnop.1']]);
  for (const user of USERS) tokens.set(user, await logIn(run, user));
  if (key === undefined) return tokens;
  const body = await doer(client, tokens.get('root'))('Auth/AuthStatus', p.AuthStatusRequest, {});
  const revision = clampInteger(p.AuthStatusResponse.decode(body).authRevision);
  const now = Math.floor(Date.now() / 1000);
  const sign = (claims: { readonly revision: number; readonly exp: number }): Promise<string> =>
    new SignJWT({ username: 'root', ...claims }).setProtectedHeader({ alg: 'RS256' }).sign(key);
  tokens.set('expired token', await sign({ revision, exp: now - 60 }));
  tokens.set('stale token', await sign({ revision: revision - 1, exp: now + 600 }));
  return tokens;
}

/**
 * Enables authentication in a new cluster whose simple tokens last for one second.
 * @returns a token of root, once it is expired
 */
export async function expiredToken(client: Client): Promise<string> {
  const run = doer(client);
  await addUser(run, 'root');
  await run('Auth/AuthEnable', p.AuthEnableRequest, {});
  const token = await logIn(run, 'root');
  const metadata = { token };
  const body = p.AuthUserListRequest.encode({}).finish();
  const isExpired = async (): Promise<true | undefined> => {
    const { details } = await rawCall(client, '/etcdserverpb.Auth/UserList', body, { metadata });
    return details.includes('invalid auth token') || undefined;
  };
  // It was valid.
  if ((await isExpired()) === true) throw new Error('a new token is not valid');
  let waitMs = 0;
  await poll('the end of the token', async () => {
    await delay((waitMs += EXPIRY_MS));
    return await isExpired();
  });
  return token;
}

async function addUser(run: Do, name: Caller): Promise<void> {
  const permission = PERMISSIONS[name];
  await run('Auth/UserAdd', p.AuthUserAddRequest, { name, password: PASSWORD });
  if (name === 'root') await run('Auth/UserGrantRole', p.AuthUserGrantRoleRequest, { user: 'root', role: 'root' });
  if (permission === undefined) return;
  const key = Buffer.from(permission.key, 'latin1');
  const rangeEnd = Buffer.from(permission.rangeEnd ?? '', 'latin1');
  await run('Auth/RoleAdd', p.AuthRoleAddRequest, { name });
  const perm = { permType: permission.type, key, rangeEnd };
  await run('Auth/RoleGrantPermission', p.AuthRoleGrantPermissionRequest, { name, perm });
  await run('Auth/UserGrantRole', p.AuthUserGrantRoleRequest, { user: name, role: name });
}

async function logIn(run: Do, name: Caller): Promise<string> {
  const body = await run('Auth/Authenticate', p.AuthenticateRequest, { name, password: PASSWORD });
  return p.AuthenticateResponse.decode(body).token;
}
