import type { NodeStatus } from '../node/status.js';
import { NONE, type Role } from '../raft/types.js';
import { formatMemberId, type MemberId } from '../util/member-id.js';

/** The state of a running member, as of the call. */
export interface MemberStatus {
  readonly id: MemberId;
  readonly role: Role;
  readonly term: number;
  /** The leader that this member knows, if any. */
  readonly leader: MemberId | undefined;
  /** Index of the last entry known to be committed. */
  readonly commit: number;
  /** Index of the last entry applied to the store. */
  readonly applied: number;
  /** Indexes of the first and last entries of the log. */
  readonly firstIndex: number;
  readonly lastIndex: number;
}

export function toMemberStatus(status: NodeStatus): MemberStatus {
  const { id, role, term, leader, commit, applied, firstIndex, lastIndex } = status;
  return {
    id: formatMemberId(id),
    role,
    term,
    leader: leader === NONE ? undefined : formatMemberId(leader),
    commit,
    applied,
    firstIndex,
    lastIndex,
  };
}
