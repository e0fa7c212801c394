import type { etcdserverpb } from '../../gen/proto.js';
import { raftkv } from '../../gen/proto.js';
import type { EngineOperation, EngineReader } from '../../ports/engine.js';
import type { ConfState } from '../../raft/types.js';
import { equalBytes } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { memberKey, metaKey, removedIdOf, removedKey, Table, tableOf, tableRange } from '../format/layout.js';
import { pagesOf } from '../state/row-pages.js';

/** A member of the cluster, as the replicated state holds it. */
export interface Member {
  /** At most 2^53−1. */
  readonly id: number;
  /** Empty until the member has published it. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty until the member has published them. */
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
  /** Index of the entry that set the peer URLs; absent or 0 for the initial ones of a new cluster. */
  readonly peerUrlsIndex?: number;
}

export function encodeMember(member: Member): Uint8Array {
  const { peerUrls, clientUrls, ...rest } = member;
  return raftkv.MemberRecord.encode({ ...rest, peerUrls: [...peerUrls], clientUrls: [...clientUrls] }).finish();
}

export function decodeMember(bytes: Uint8Array): Member {
  return toMember(raftkv.MemberRecord.decode(bytes));
}

export function toMember(record: raftkv.MemberRecord.$Properties): Member {
  const peerUrlsIndex = clampInteger(record.peerUrlsIndex);
  return {
    id: clampInteger(record.id),
    name: record.name ?? '',
    peerUrls: record.peerUrls ?? [],
    clientUrls: record.clientUrls ?? [],
    isLearner: record.isLearner ?? false,
    ...(peerUrlsIndex === 0 ? {} : { peerUrlsIndex }),
  };
}

/** The member in the form of etcd's API. */
export function toApiMember({ id, name, peerUrls, clientUrls, isLearner }: Member): etcdserverpb.Member.$Properties {
  return { ID: id, name, peerURLs: [...peerUrls], clientURLs: [...clientUrls], isLearner };
}

export function memberRow(member: Member): EngineOperation {
  return { type: 'put', key: memberKey(member.id), value: encodeMember(member) };
}

/** The rows that remove a member. */
export function removalRows(id: number): readonly EngineOperation[] {
  return [
    { type: 'delete', key: memberKey(id) },
    { type: 'put', key: removedKey(id), value: Buffer.from([1]) },
  ];
}

/** All members, by ascending id. */
export async function readMembers(reader: EngineReader): Promise<readonly Member[]> {
  const members: Member[] = [];
  for await (const rows of pagesOf(reader, tableRange(Table.members))) {
    for (const { value } of rows) members.push(decodeMember(value));
  }
  return members;
}

/** The ids of all members that were removed, ascending. */
export async function readRemoved(reader: EngineReader): Promise<readonly number[]> {
  const ids: number[] = [];
  for await (const rows of pagesOf(reader, tableRange(Table.removed))) {
    for (const { key } of rows) ids.push(removedIdOf(key));
  }
  return ids;
}

const CONF_STATE = metaKey('conf-state');
/** Written by the first change: a new member replays the whole log onto these. */
const FIRST_MEMBERS = metaKey('first-members');

/** Whether a row concerns membership. A state that is imported into another cluster leaves such rows out. */
export function isMembersRow(key: Uint8Array): boolean {
  const table = tableOf(key);
  if (table === Table.members || table === Table.removed) return true;
  return equalBytes(key, CONF_STATE) || equalBytes(key, FIRST_MEMBERS);
}

export function confStateRow(confState: ConfState): EngineOperation {
  const value = raftkv.RaftConfState.encode(toWireConfState(confState)).finish();
  return { type: 'put', key: CONF_STATE, value };
}

/** @returns undefined if the engine holds no store */
export function readConfState(reader: EngineReader): ConfState | undefined {
  const row = reader.get(CONF_STATE);
  return row === undefined ? undefined : fromWireConfState(raftkv.RaftConfState.decode(row));
}

/** The initial configuration of a cluster of these members: all vote. */
export function firstConfState(members: readonly Member[]): ConfState {
  const voters = members.map(({ id }) => id).sort((left, right) => left - right);
  return { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
}

export function toWireConfState(confState: ConfState): raftkv.RaftConfState.$Properties {
  return {
    voters: [...confState.voters],
    learners: [...confState.learners],
    votersOutgoing: [...confState.votersOutgoing],
    learnersNext: [...confState.learnersNext],
    autoLeave: confState.autoLeave,
  };
}

export function fromWireConfState(message: raftkv.RaftConfState.$Properties): ConfState {
  return {
    voters: (message.voters ?? []).map(clampInteger),
    learners: (message.learners ?? []).map(clampInteger),
    votersOutgoing: (message.votersOutgoing ?? []).map(clampInteger),
    learnersNext: (message.learnersNext ?? []).map(clampInteger),
    autoLeave: message.autoLeave ?? false,
  };
}

export function sameConfState(left: ConfState, right: ConfState): boolean {
  const bytes = (confState: ConfState): Uint8Array => raftkv.RaftConfState.encode(toWireConfState(confState)).finish();
  return equalBytes(bytes(left), bytes(right));
}

export function firstMembersRow(members: readonly Member[]): EngineOperation {
  const records = members.map((member) => ({ ...member, peerUrls: [...member.peerUrls], clientUrls: [] }));
  return { type: 'put', key: FIRST_MEMBERS, value: raftkv.MemberRecords.encode({ records }).finish() };
}

/** The initial members of the cluster; undefined before the first change. */
export function readFirstMembers(reader: EngineReader): readonly Member[] | undefined {
  const row = reader.get(FIRST_MEMBERS);
  return row === undefined ? undefined : raftkv.MemberRecords.decode(row).records.map(toMember);
}
