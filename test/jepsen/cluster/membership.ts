import { RaftKvError } from '../../../src/client/index.js';
import type { MemberId } from '../../../src/client/index.js';
import type { Cluster } from './cluster.js';
import { patiently } from './patience.js';

/** Longest time for one change, with all attempts: the cluster may be without a leader, or refuse changes for a while. */
const CHANGE_MS_MAX = 60_000;
const ATTEMPT_MS = 3000;
const PROMOTE_MS_MAX = 60_000;

/** A running member that is a voter, other than those named. */
async function helper(cluster: Cluster, not: string): Promise<string> {
  return await patiently('a member that can change the cluster', CHANGE_MS_MAX, async () => {
    for (const name of cluster.running) {
      if (name === not) continue;
      const status = await cluster.status(name);
      if (status?.leader !== undefined && !status.isLearner) return name;
    }
    return undefined;
  });
}

/** The id of a member by its peer URL; undefined if the cluster has none there. */
async function idOf(cluster: Cluster, asked: string, name: string): Promise<MemberId | undefined> {
  const { members } = await cluster.admin(asked).memberList({ timeoutMs: ATTEMPT_MS });
  return members.find(({ peerUrls }) => peerUrls.includes(cluster.peerUrl(name)))?.id;
}

/** Makes attempts until one succeeds. `attempt` returns undefined to be called again, and must bear a change that was made already. */
async function attempts<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
  let last: unknown;
  const once = async (): Promise<T | undefined> => {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RaftKvError)) throw error;
      last = error;
      return undefined;
    }
  };
  try {
    return await patiently(what, CHANGE_MS_MAX, once);
  } catch (error) {
    throw new Error(`${String(error)}: ${String(last)}`, { cause: error });
  }
}

/** Removes a member from the cluster, ends its process, and deletes its data. */
export async function removeMember(cluster: Cluster, name: string): Promise<void> {
  cluster.excuse(name, 'removed from the cluster');
  await attempts(`the removal of ${name}`, async () => {
    const asked = await helper(cluster, name);
    const id = await idOf(cluster, asked, name);
    if (id === undefined) return true;
    await cluster.admin(asked).memberRemove(id, { timeoutMs: ATTEMPT_MS });
    return true;
  });
  await cluster.kill(name);
  cluster.wipe(name);
  cluster.forget(name);
}

/** Announces a member at its peer URL, starts it without data, and waits until it serves. */
async function announceAndStart(cluster: Cluster, name: string, isLearner: boolean): Promise<MemberId> {
  const id = await attempts(`the addition of ${name}`, async () => {
    const asked = await helper(cluster, name);
    const present = await idOf(cluster, asked, name);
    if (present !== undefined) return present;
    const peerUrls = [cluster.peerUrl(name)];
    return (await cluster.admin(asked).memberAdd({ peerUrls, isLearner }, { timeoutMs: ATTEMPT_MS })).member.id;
  });
  cluster.admit(name);
  cluster.spawn(name);
  await cluster.serving([name]);
  return id;
}

/** Adds a member that was removed, without its data, at its old addresses. */
export async function addAgain(cluster: Cluster, name: string): Promise<void> {
  await announceAndStart(cluster, name, false);
}

/** Removes a member that lost its data or must not use them, deletes them, and adds it again, as the documentation says. */
export async function rejoin(cluster: Cluster, name: string): Promise<void> {
  await removeMember(cluster, name);
  await addAgain(cluster, name);
}

/** Adds a new member. */
export async function addMember(cluster: Cluster, name: string, isLearner = false): Promise<MemberId> {
  await cluster.newNode(name);
  return await announceAndStart(cluster, name, isLearner);
}

/** Makes a learner a voter, as soon as it has caught up. */
export async function promote(cluster: Cluster, name: string, id: MemberId): Promise<void> {
  let last: unknown;
  const attempt = async (): Promise<true | undefined> => {
    const asked = await helper(cluster, name);
    try {
      await cluster.admin(asked).memberPromote(id, { timeoutMs: ATTEMPT_MS });
      return true;
    } catch (error) {
      if (!(error instanceof RaftKvError)) throw error;
      last = error;
      // An earlier attempt without an answer may have succeeded.
      return (await cluster.status(name))?.isLearner === false ? true : undefined;
    }
  };
  try {
    await patiently(`the promotion of ${name}`, PROMOTE_MS_MAX, attempt);
  } catch (error) {
    throw new Error(`${String(error)}: ${String(last)}`, { cause: error });
  }
}

/** A name that no present or former member has. */
export function freshName(cluster: Cluster): string {
  return `n${cluster.everyName.length + 1}`;
}
