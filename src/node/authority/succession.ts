import type { Status } from '../../raft/status.js';
import type { NodeId } from '../../raft/types.js';

/** The best voter to transfer the leadership to: reachable and most up to date; undefined if there is none. */
export function successorOf(
  { id, role, config, progress }: Pick<Status, 'id' | 'role' | 'config' | 'progress'>,
  isConnected: (peer: NodeId) => boolean,
): NodeId | undefined {
  if (role !== 'leader') return undefined;
  let best: { id: NodeId; match: number } | undefined;
  for (const voter of config.voters) {
    const known = progress.get(voter);
    if (voter === id || known === undefined || !known.recentActive || !isConnected(voter)) continue;
    if (best === undefined || known.match > best.match) best = { id: voter, match: known.match };
  }
  return best?.id;
}
