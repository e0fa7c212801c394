import type { etcdserverpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import type { MemberId } from '../../util/member-id.js';
import { memberIdFromWire, optionalMemberIdFromWire } from '../calls/ids.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { toHotKey } from './hot-keys.js';
import type { HotKey } from './hot-keys.js';

/** A member of the cluster. */
export interface Member {
  readonly id: MemberId;
  /** Empty until the member has started for the first time. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** The members of the cluster, sorted by id. */
export interface MemberListResult {
  readonly members: readonly Member[];
  readonly header: Header;
}

export interface MemberAddResult extends MemberListResult {
  /** The new member. */
  readonly member: Member;
}

export interface MoveLeaderResult {
  /** The leader at the start of the call. */
  readonly previousLeader: MemberId;
  readonly header: Header;
}

/** The state of one member, as it reports it. */
export interface MemberStatus {
  /** The version of etcd's API that it serves, as in 3.6.0. */
  readonly version: string;
  /** The version of raftkv; undefined if the server is not raftkv. */
  readonly raftkvVersion: string | undefined;
  /** The size of the store on disk, in bytes. */
  readonly dbSize: number;
  /** The part of it that holds live data, in bytes; 0 if the server does not report it. */
  readonly dbSizeInUse: number;
  /** The size at which it refuses writes, in bytes; 0 if there is no quota or the server does not report it. */
  readonly dbSizeQuota: number;
  /** The leader that this member knows, if any. */
  readonly leader: MemberId | undefined;
  readonly isLeader: boolean;
  readonly isLearner: boolean;
  readonly raftTerm: number;
  /** The last entry that the member knows to be committed. */
  readonly raftIndex: number;
  /** The last entry that the member has applied. */
  readonly raftAppliedIndex: number;
  /** The key or range that its clients read most; undefined if it has none, or the server does not report it. */
  readonly hotRead: HotKey | undefined;
  /** The same for writes. */
  readonly hotWrite: HotKey | undefined;
  /** Alarms, and the lack of a leader. */
  readonly errors: readonly string[];
  readonly header: Header;
}

export interface HashResult {
  readonly hash: number;
  readonly compactRevision: number;
  /** The revision that was hashed; undefined if the server does not report it. */
  readonly hashRevision: number | undefined;
  readonly header: Header;
}

export function toMember(wire: etcdserverpb.Member.$Properties): Member {
  return {
    id: memberIdFromWire(wire.ID),
    name: wire.name ?? '',
    peerUrls: wire.peerURLs ?? [],
    clientUrls: wire.clientURLs ?? [],
    isLearner: wire.isLearner ?? false,
  };
}

/** The result of a member list, and of every change of the membership. */
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
    hotRead: toHotKey(wire.hotRead),
    hotWrite: toHotKey(wire.hotWrite),
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
