import type { Header, Member, MemberId, MemberListResult } from '../../../client/index.js';
import { memberIdValue } from '../../../util/member-id.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { field, headerFields } from '../../output/fields.js';
import { headerJson, memberJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import type { Streams } from '../../process/streams.js';
import { renderTable } from '../../output/table.js';

const HEAD = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'];

export interface MembersOutput {
  readonly result: MemberListResult & { readonly member?: Member };
  /** The text of the default format. */
  readonly simple: string;
}

/** Prints the members of an answer. With --hex, ids in JSON are strings of hex digits, as in etcdctl. */
export async function writeMembers(
  streams: Streams,
  { writeOut, hex }: ClientFlags,
  { result, simple }: MembersOutput,
): Promise<void> {
  const { header, member, members } = result;
  await writeOutput(streams, writeOut, {
    simple: () => simple,
    json: () => ({
      header: { ...headerJson(header), ...(hex ? hexHeader(header) : {}) },
      member: member === undefined ? undefined : toObject(member, hex),
      members: members.map((each) => toObject(each, hex)),
    }),
    fields: () => [...headerFields(header), ...members.flatMap(toFields)],
    table: () => renderTable(HEAD, members.map(cells)),
  });
}

export function memberLines(members: readonly Member[]): string {
  return members.map((member) => `${cells(member).join(', ')}\n`).join('');
}

/** One line about a change of a member, in etcdctl's words. */
export function changeLine(id: MemberId, { done, header }: { readonly done: string; readonly header: Header }): string {
  return `Member ${id} ${done} cluster ${header.clusterId}\n`;
}

function cells({ id, name, peerUrls, clientUrls, isLearner }: Member): readonly string[] {
  const status = name === '' ? 'unstarted' : 'started';
  return [id, status, name, peerUrls.join(','), clientUrls.join(','), String(isLearner)];
}

function toFields({ id, name, peerUrls, clientUrls, isLearner }: Member): readonly string[] {
  return [
    field('ID', memberIdValue(id)),
    field('Name', name),
    ...peerUrls.map((url) => field('PeerURL', url)),
    ...clientUrls.map((url) => field('ClientURL', url)),
    field('IsLearner', isLearner),
    '',
  ];
}

function hexHeader({ clusterId, memberId }: Header): object {
  return { cluster_id: clusterId, member_id: memberId };
}

function toObject(member: Member, hex: boolean): object {
  return { ...memberJson(member), ...(hex ? { ID: member.id } : {}) };
}
