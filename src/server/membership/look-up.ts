import type { PeerAddress } from '../../ports/transport.js';
import type { LookUp } from '../../transport/introductions.js';
import type { Account, AskAccount } from './account.js';

export interface LookUpOptions {
  readonly clusterId: number;
  /** Peer URLs of the members known here, and of those in --initial-cluster. */
  readonly urls: () => readonly string[];
  readonly ask: AskAccount;
}

/**
 * Makes the function that asks the known members which members the cluster has now. A member takes part with an unknown
 * caller only on the word of a member that it reaches at a known URL. `--initial-cluster` counts as well: a newcomer
 * knows no member until it has received the log, and all the members that a lagging one knows may have been replaced.
 */
export function lookUpMembers({ clusterId, urls, ask }: LookUpOptions): LookUp {
  return async () => {
    const accounts = await Promise.all([...new Set(urls())].map((url) => ask(url).catch(() => undefined)));
    const answered = accounts.filter((account) => account?.clusterId === clusterId);
    if (answered.length === 0) throw new Error('no known member answers');
    return merge(answered.flatMap((account) => account ?? []));
  };
}

/** All members that any account names, except those that any account lists as removed. */
function merge(accounts: readonly Account[]): readonly PeerAddress[] {
  const removed = new Set(accounts.flatMap((account) => account.removed));
  const urls = new Map<number, Set<string>>();
  for (const { id, peerUrls } of accounts.flatMap((account) => account.members)) {
    if (removed.has(id)) continue;
    const known = urls.get(id) ?? new Set();
    for (const url of peerUrls) known.add(url);
    urls.set(id, known);
  }
  return [...urls].map(([id, each]) => ({ id, urls: [...each] }));
}
