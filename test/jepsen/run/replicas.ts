import { RaftKvError } from '../../../src/client/index.js';
import type { Client } from '../../../src/client/index.js';
import type { Cluster } from '../cluster/cluster.js';
import { patiently } from '../cluster/patience.js';
import type { Verdict } from '../history/verdict.js';

const CONVERGENCE_MS = 30_000;
const CALL = { timeoutMs: 2000 } as const;

/** What one member holds, by the name of the part; undefined for a member that gave no answer. */
type Held = Readonly<Record<string, string>> | undefined;

/**
 * Whether all members hold the same once they are left alone: keys with their history, leases, users with their roles, roles with
 * their permissions. Each member answers from its own state, after it has caught up with what was committed at the call.
 */
export async function checkReplicas(cluster: Cluster, limitMs = CONVERGENCE_MS): Promise<Verdict> {
  const beganMs = performance.now();
  let seen: readonly (readonly [name: string, held: Held])[] = [];
  const revision = await latestRevision(cluster);
  const converged = async (): Promise<true | undefined> => {
    seen = await Promise.all(cluster.names.map(async (name) => [name, await heldBy(cluster, name, revision)] as const));
    return differencesOf(seen).length === 0 ? true : undefined;
  };
  const isValid = await patiently('equal data', limitMs, converged).catch(() => false as const);
  return {
    checker: 'replicas',
    valid: isValid,
    operations: seen.length,
    anomalies: isValid ? [] : differencesOf(seen).map((text) => ({ name: 'different-data', text, events: [] })),
    ms: Math.round(performance.now() - beganMs),
    details: { revision },
  };
}

/** The parts in which members differ, each with what every member has. */
export function differencesOf(seen: readonly (readonly [name: string, held: Held])[]): string[] {
  const silent = seen.filter(([, held]) => held === undefined).map(([name]) => `${name} gives no answer`);
  const answers = seen.flatMap(([name, held]) => (held === undefined ? [] : [{ name, held }]));
  const parts = [...new Set(answers.flatMap(({ held }) => Object.keys(held)))];
  const different = parts.filter((part) => new Set(answers.map(({ held }) => held[part])).size > 1);
  return [
    ...silent,
    ...different.map((part) => `${part}: ${answers.map(({ name, held }) => `${name} has ${held[part]}`).join(', ')}`),
  ];
}

async function latestRevision(cluster: Cluster): Promise<number> {
  const views = await Promise.all(cluster.names.map((name) => cluster.status(name)));
  return Math.max(...views.map((view) => view?.header.revision ?? 0));
}

async function heldBy(cluster: Cluster, name: string, revision: number): Promise<Held> {
  const client = cluster.admin(name);
  try {
    const { hash } = await client.hashKv(cluster.directUrl(name), revision, CALL);
    return {
      [`hash of the keys at revision ${revision}`]: String(hash),
      leases: await leasesOf(client),
      ...(await usersOf(client)),
    };
  } catch (error) {
    if (error instanceof RaftKvError) return undefined;
    throw error;
  }
}

async function leasesOf(client: Client): Promise<string> {
  const { ids } = await client.leaseList(CALL);
  return JSON.stringify(ids.map((id) => id.toString(16)).sort());
}

async function usersOf(client: Client): Promise<Record<string, string>> {
  const { auth } = client;
  const { authentication } = await statusOf(client);
  const { users } = await auth.userList(CALL);
  const { roles } = await auth.roleList(CALL);
  const rolesOf = async (user: string): Promise<unknown> => [user, [...(await auth.userGet(user, CALL)).roles].sort()];
  const permissionsOf = async (role: string): Promise<unknown> => [role, (await auth.roleGet(role, CALL)).permissions];
  return {
    ...(authentication !== undefined && { authentication }),
    users: textOf(await Promise.all([...users].sort().map(rolesOf))),
    roles: textOf(await Promise.all([...roles].sort().map(permissionsOf))),
  };
}

/** etcd has this call since 3.5. */
async function statusOf({ auth }: Client): Promise<{ readonly authentication: string | undefined }> {
  try {
    const { enabled, authRevision } = await auth.status(CALL);
    return { authentication: `${enabled ? 'enabled' : 'disabled'} at revision ${authRevision}` };
  } catch (error) {
    if (error instanceof RaftKvError && error.code === 'unimplemented') return { authentication: undefined };
    throw error;
  }
}

/** Keys of permissions are bytes. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each instanceof Uint8Array ? Buffer.from(each).toString('latin1') : each,
  );
}
