import type { LogStore } from '../ports/log.js';
import type { RawNode } from '../raft/raw-node.js';
import type { NodeId, Role } from '../raft/types.js';
import type { AppliedIndex } from './loop/applied-index.js';

/** State of a node. */
export interface NodeStatus {
  readonly id: NodeId;
  readonly role: Role;
  readonly term: number;
  readonly leader: NodeId;
  readonly commit: number;
  readonly applied: number;
  readonly lastIndex: number;
  readonly firstIndex: number;
}

/** Freshness of the state that this member reads from (docs/ARCHITECTURE.md). */
export interface NodeFreshness {
  readonly appliedIndex: number;
  readonly knownLeader: boolean;
  /** Time since the last packet of the leader, in ms; undefined before the first. */
  readonly lastContactMs: number | undefined;
  /** Upper bound on the age of the state, in ms; undefined while unknown. */
  readonly stalenessMs: number | undefined;
}

export function statusOf({
  raw,
  log,
  applied,
}: {
  readonly raw: Pick<RawNode, 'id' | 'role' | 'term' | 'leader' | 'commit' | 'lastIndex'>;
  readonly log: Pick<LogStore, 'firstIndex'>;
  readonly applied: Pick<AppliedIndex, 'value'>;
}): NodeStatus {
  const { id, role, term, leader, commit, lastIndex } = raw;
  return { id, role, term, leader, commit, applied: applied.value, lastIndex, firstIndex: log.firstIndex() };
}
