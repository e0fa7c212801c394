import type { Cluster } from '../cluster/cluster.js';

/** The user of administration and of clients, in runs with authentication. */
export const ROOT = { user: 'root', password: 'fault tests' } as const;

/** Adds root and enables authentication. */
export async function enableUsers(cluster: Cluster): Promise<void> {
  const { auth } = cluster.admin(await cluster.agreed());
  await auth.userAdd(ROOT.user, { password: ROOT.password });
  await auth.roleAdd('root').catch(() => undefined); // raftkv has it, etcd does not
  await auth.userGrantRole(ROOT.user, 'root');
  await auth.enable();
}
