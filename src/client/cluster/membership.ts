import type { MemberId } from '../../util/member-id.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { memberIdToWire } from '../calls/ids.js';
import { MEMBER_ADD, MEMBER_LIST, MEMBER_PROMOTE, MEMBER_REMOVE, MEMBER_UPDATE } from '../calls/methods.js';
import { toMember, toMemberList } from './members.js';
import type { MemberAddResult, MemberListResult } from './members.js';

/** Lists the members. @param linearizable false for the list that the member asked knows @throws RaftKvError */
export async function listMembers(
  dispatcher: Dispatcher,
  linearizable: boolean,
  options: CallOptions,
): Promise<MemberListResult> {
  return toMemberList(await dispatcher.call(MEMBER_LIST, { linearizable }, options));
}

/** Adds a member, by default a voter. @throws RaftKvError */
export async function addMember(
  dispatcher: Dispatcher,
  { peerUrls, isLearner = false }: { readonly peerUrls: readonly string[]; readonly isLearner?: boolean },
  options: CallOptions,
): Promise<MemberAddResult> {
  const wire = await dispatcher.call(MEMBER_ADD, { peerURLs: [...peerUrls], isLearner }, options);
  return { ...toMemberList(wire), member: toMember(wire.member ?? {}) };
}

/** Removes a member. @throws RaftKvError */
export async function removeMember(
  dispatcher: Dispatcher,
  id: MemberId,
  options: CallOptions,
): Promise<MemberListResult> {
  return toMemberList(await dispatcher.call(MEMBER_REMOVE, { ID: memberIdToWire(id) }, options));
}

/** Changes the peer URLs of a member. @throws RaftKvError */
export async function updateMember(
  dispatcher: Dispatcher,
  { id, peerUrls }: { readonly id: MemberId; readonly peerUrls: readonly string[] },
  options: CallOptions,
): Promise<MemberListResult> {
  const request = { ID: memberIdToWire(id), peerURLs: [...peerUrls] };
  return toMemberList(await dispatcher.call(MEMBER_UPDATE, request, options));
}

/** Makes a learner a voter. @throws RaftKvError `failed-precondition` until it has caught up */
export async function promoteMember(
  dispatcher: Dispatcher,
  id: MemberId,
  options: CallOptions,
): Promise<MemberListResult> {
  return toMemberList(await dispatcher.call(MEMBER_PROMOTE, { ID: memberIdToWire(id) }, options));
}
