import type { RawNode } from '../../raft/raw-node.js';
import type { Authority } from '../authority/authority.js';
import type { AppliedIndex } from './applied-index.js';

export interface ReplayOptions {
  readonly raw: Pick<RawNode, 'commit' | 'lastIndex'>;
  readonly authority: Pick<Authority, 'isOnlyVoter'>;
  readonly applied: Pick<AppliedIndex, 'when'>;
}

/**
 * Resolves once the entries that the log alone shows to be committed are applied: those up to its commit index, which may
 * lag, or all entries if this member is the only voter. Does not depend on other members. To be called before the node
 * starts.
 */
export async function replayed({ raw, authority, applied }: ReplayOptions): Promise<void> {
  const { commit, lastIndex } = raw;
  const reached = (index: number): Promise<void> =>
    new Promise((resolve) => applied.when(index, { abandoned: false, ready: resolve }));
  await reached(commit);
  // By the configuration at the commit index. While that has only this voter, this member alone commits what follows.
  if (authority.isOnlyVoter) await reached(lastIndex);
}
