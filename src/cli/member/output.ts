import type { Member, MemberId, MemberListResult } from '../../client/index.js';
import { assertNever } from '../../util/assert.js';
import type { OutputFormat } from '../client-options.js';
import { headerJson, memberJson } from '../json.js';
import { write } from '../streams.js';
import type { Streams } from '../streams.js';
import { renderTable } from '../table.js';
import { toJson } from '../text.js';

const HEAD = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'];

export interface MembersOutput {
  readonly result: MemberListResult & { readonly member?: Member };
  /** What stands there unless another format is asked for. */
  readonly simple: string;
}

/** The members as an answer has them: etcdctl's JSON, or a table. */
export async function writeMembers(
  streams: Streams,
  format: OutputFormat,
  { result, simple }: MembersOutput,
): Promise<void> {
  await write(streams.stdout, render());

  function render(): string {
    switch (format) {
      case 'simple':
        return simple;
      case 'json':
        return `${toJson(membersJson(result))}\n`;
      case 'table':
        return renderTable(HEAD, result.members.map(cells));
      default:
        return assertNever(format, 'output format');
    }
  }
}

export function memberLines(members: readonly Member[]): string {
  return members.map((member) => `${cells(member).join(', ')}\n`).join('');
}

/** One line that says what was done to a member, in etcdctl's words. */
export function changeLine(
  id: MemberId,
  { done, header }: { readonly done: string; readonly header: MemberListResult['header'] },
): string {
  return `Member ${id} ${done} cluster ${header.clusterId}\n`;
}

function cells({ id, name, peerUrls, clientUrls, isLearner }: Member): readonly string[] {
  const status = name === '' ? 'unstarted' : 'started';
  return [id, status, name, peerUrls.join(','), clientUrls.join(','), String(isLearner)];
}

function membersJson({ header, member, members }: MembersOutput['result']): object {
  return {
    header: headerJson(header),
    member: member === undefined ? undefined : memberJson(member),
    members: members.map(memberJson),
  };
}
