import type { RawNode } from '../../raft/raw-node.js';
import type { Authority } from '../authority/authority.js';
import type { AppliedIndex } from './applied-index.js';

export interface ReplayOptions {
  readonly raw: Pick<RawNode, 'commit' | 'lastIndex'>;
  readonly authority: Pick<Authority, 'isOnlyVoter'>;
  readonly applied: Pick<AppliedIndex, 'when'>;
}

/**
 * Call it before the node starts. Resolves once all entries are applied that the log shows to be committed: those up to its
 * commit index, which may lag, and all of them if this member is the only voter. It depends on no other member.
 */
export async function replayed({ raw, authority, applied }: ReplayOptions): Promise<void> {
  const { commit, lastIndex } = raw;
  const reached = (index: number): Promise<void> =>
    new Promise((resolve) => applied.when(index, { abandoned: false, ready: resolve }));
  await reached(commit);
  // The configuration after the entries up to the commit index: a later change to it commits only if this member alone can
  // commit it.
  if (authority.isOnlyVoter) await reached(lastIndex);
}
