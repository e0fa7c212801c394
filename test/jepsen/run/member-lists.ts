import { RaftKvError } from '../../../src/client/index.js';
import { poll } from '../../support/poll.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Verdict } from '../history/verdict.js';

/** Time in which a member that was just started learns of changes that it missed. */
const CONVERGENCE_MS = 30_000;

/**
 * Whether each member knows the members that the faults left, by their peer URLs: no change of the membership that was
 * acknowledged is lost. Each is asked for what it knows itself.
 */
export async function checkMemberLists(cluster: Cluster, limitMs = CONVERGENCE_MS): Promise<Verdict> {
  const beganMs = performance.now();
  const wanted = cluster.names.map((name) => cluster.peerUrl(name));
  let seen: readonly Seen[] = [];
  const complete = async (): Promise<true | undefined> => {
    seen = await Promise.all(cluster.names.map(async (name) => ({ name, urls: await urlsOf(cluster, name) })));
    return seen.every(({ urls }) => differenceOf(urls, wanted) === undefined) ? true : undefined;
  };
  const isValid = await poll('the same members everywhere', complete, limitMs).catch(() => false as const);
  const wrong = seen.flatMap(({ name, urls }) => {
    const difference = differenceOf(urls, wanted);
    return difference === undefined ? [] : [`${name} ${difference}`];
  });
  const anomaly = { name: 'lost-member-change', text: wrong.join('\n'), events: [] };
  return {
    checker: 'members',
    valid: isValid,
    operations: seen.length,
    anomalies: isValid ? [] : [anomaly],
    ms: Math.round(performance.now() - beganMs),
  };
}

/** The peer URLs of the members that a member knows; undefined if it gives no answer. */
interface Seen {
  readonly name: string;
  readonly urls: readonly string[] | undefined;
}

async function urlsOf(cluster: Cluster, name: string): Promise<readonly string[] | undefined> {
  try {
    const { members } = await cluster.admin(name).memberList({ linearizable: false, timeoutMs: 2000 });
    return members.flatMap(({ peerUrls }) => peerUrls);
  } catch (error) {
    if (error instanceof RaftKvError) return undefined;
    throw error;
  }
}

/** What is wrong with a list of members; undefined if nothing is. */
export function differenceOf(urls: readonly string[] | undefined, wanted: readonly string[]): string | undefined {
  if (urls === undefined) return 'gives no answer';
  const missing = wanted.filter((url) => !urls.includes(url));
  const extra = urls.filter((url) => !wanted.includes(url));
  const parts = [
    ...(missing.length === 0 ? [] : [`does not know ${missing.join(', ')}`]),
    ...(extra.length === 0 ? [] : [`still knows ${extra.join(', ')}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}
