import { authpb, etcdserverpb as p } from '../../../src/gen/proto.js';
import { expectOk, type Codecs } from '../../support/etcd-client.js';
import type { ProcessCluster } from '../../support/process-cluster.js';

const ROOT = 'root';
const PASSWORD = 'correct horse battery staple';
/** An ordinary user: only its role permits it something. */
const USER = 'bench';
const ROLE = 'bench';
/** The role's permission: the prefix of the keys of all loads of one key. */
const [FIRST, END] = ['bench-', 'bench.'];

/** Enables authentication, with a user root, and an ordinary one that may read and write the keys of loads of one key. */
export async function enableUsers(cluster: ProcessCluster): Promise<void> {
  const client = cluster.client(await cluster.leader());
  const call = async <Properties, Message>(
    method: string,
    codecs: Codecs<Properties, Message>,
    request: Properties,
  ): Promise<void> => {
    expectOk(await client.call(`/etcdserverpb.Auth/${method}`, codecs, request));
  };
  const addUser = { request: p.AuthUserAddRequest, response: p.AuthUserAddResponse };
  const grantRole = { request: p.AuthUserGrantRoleRequest, response: p.AuthUserGrantRoleResponse };
  await call('UserAdd', addUser, { name: ROOT, password: PASSWORD });
  await call('UserGrantRole', grantRole, { user: ROOT, role: ROOT });
  await call('RoleAdd', { request: p.AuthRoleAddRequest, response: p.AuthRoleAddResponse }, { name: ROLE });
  const permission = {
    permType: authpb.Permission.Type.READWRITE,
    key: Buffer.from(FIRST),
    rangeEnd: Buffer.from(END),
  };
  await call(
    'RoleGrantPermission',
    { request: p.AuthRoleGrantPermissionRequest, response: p.AuthRoleGrantPermissionResponse },
    { name: ROLE, perm: permission },
  );
  await call('UserAdd', addUser, { name: USER, password: PASSWORD });
  await call('UserGrantRole', grantRole, { user: USER, role: ROLE });
  await call('AuthEnable', { request: p.AuthEnableRequest, response: p.AuthEnableResponse }, {});
  const { kind } = await client.get(FIRST);
  if (kind === 'ok') throw new Error('a read without a user was answered: authentication is off');
}

/** Logs the cluster's clients in as root, which the status of a member needs. @returns a token of the ordinary user */
export async function logIn(cluster: ProcessCluster): Promise<string> {
  for (const client of cluster.clients) client.useToken(await client.authenticate(ROOT, PASSWORD));
  return await cluster.client(await cluster.leader()).authenticate(USER, PASSWORD);
}
