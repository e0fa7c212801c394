import type { NodeId, Role } from '../raft/types.js';

/** What a node shows about itself. */
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

/** How fresh this member's state is (docs/ARCHITECTURE.md, "The way of one read"). */
export interface NodeFreshness {
  readonly appliedIndex: number;
  readonly knownLeader: boolean;
  /** Undefined before the first contact. */
  readonly lastContactMs: number | undefined;
  /** Undefined while it is unknown. */
  readonly stalenessMs: number | undefined;
}
