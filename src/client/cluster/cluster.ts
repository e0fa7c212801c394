import type { etcdserverpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import type { MemberId } from '../../util/member-id.js';
import { memberIdFromWire, optionalMemberIdFromWire } from '../calls/ids.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';

/** One member as the cluster knows it. */
export interface Member {
  readonly id: MemberId;
  /** Empty until the member has started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** The members of the cluster, by id. */
export interface MemberListResult {
  readonly members: readonly Member[];
  readonly header: Header;
}

export interface MemberAddResult extends MemberListResult {
  readonly member: Member;
}

export interface MoveLeaderResult {
  /** Who led when the call began. */
  readonly previousLeader: MemberId;
  readonly header: Header;
}

/** What one member says of itself. */
export interface MemberStatus {
  /** The version of etcd's API that it serves. */
  readonly version: string;
  /** The version of raftkv; undefined where the server is another. */
  readonly raftkvVersion: string | undefined;
  /** Size on disk, in bytes. */
  readonly dbSize: number;
  /** The part of it that holds live data, in bytes; 0 where the server does not say. */
  readonly dbSizeInUse: number;
  /** Size from which on it refuses writes, in bytes; 0 for none, or where the server does not say. */
  readonly dbSizeQuota: number;
  /** The leader that this member knows, if any. */
  readonly leader: MemberId | undefined;
  readonly isLeader: boolean;
  readonly isLearner: boolean;
  readonly raftTerm: number;
  /** The last entry that is committed, as far as it knows. */
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
  readonly errors: readonly string[];
  readonly header: Header;
}

export interface HashResult {
  readonly hash: number;
  readonly compactRevision: number;
  /** The revision that was hashed; undefined where the server does not say. */
  readonly hashRevision: number | undefined;
  readonly header: Header;
}

/** Whether a member answers a linearizable read: it is up, and a quorum with it. */
export type Health =
  | { readonly healthy: true; readonly tookMs: number }
  | { readonly healthy: false; readonly tookMs: number; readonly error: Error };

export function toMember(wire: etcdserverpb.Member.$Properties): Member {
  return {
    id: memberIdFromWire(wire.ID),
    name: wire.name ?? '',
    peerUrls: wire.peerURLs ?? [],
    clientUrls: wire.clientURLs ?? [],
    isLearner: wire.isLearner ?? false,
  };
}

/** The answer to the question for the members, and to every change of them. */
export function toMemberList({ members, header }: etcdserverpb.MemberListResponse.$Properties): MemberListResult {
  const sorted = (members ?? []).map(toMember).sort((left, right) => (left.id < right.id ? -1 : 1));
  return { members: sorted, header: toHeader(header) };
}

export function toStatus(wire: etcdserverpb.StatusResponse.$Properties): MemberStatus {
  const header = toHeader(wire.header);
  const leader = optionalMemberIdFromWire(wire.leader);
  const raftkvVersion = wire.raftkvVersion ?? '';
  return {
    version: wire.version ?? '',
    raftkvVersion: raftkvVersion === '' ? undefined : raftkvVersion,
    dbSize: clampInteger(wire.dbSize),
    dbSizeInUse: clampInteger(wire.dbSizeInUse),
    dbSizeQuota: clampInteger(wire.dbSizeQuota),
    leader,
    isLeader: leader === header.memberId,
    isLearner: wire.isLearner ?? false,
    raftTerm: clampInteger(wire.raftTerm),
    raftIndex: clampInteger(wire.raftIndex),
    raftAppliedIndex: clampInteger(wire.raftAppliedIndex),
    errors: wire.errors ?? [],
    header,
  };
}

export function toHashResult(wire: etcdserverpb.HashKVResponse.$Properties): HashResult {
  const hashRevision = clampInteger(wire.hashRevision);
  return {
    hash: wire.hash ?? 0,
    compactRevision: clampInteger(wire.compactRevision),
    hashRevision: hashRevision === 0 ? undefined : hashRevision,
    header: toHeader(wire.header),
  };
}
