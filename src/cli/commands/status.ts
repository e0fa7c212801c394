import type { Command } from 'commander';
import type { MemberStatus } from '../../client/index.js';
import { memberIdValue } from '../../util/member-id.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { askMember, CLUSTER_FLAG, endpointsToAsk, failIfAny, type MemberAnswer } from './endpoint/each-member.js';
import { field, headerFields, rawField } from '../output/fields.js';
import { headerJson } from '../output/json.js';
import { writeOutput } from '../output/output.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { renderTable } from '../output/table.js';
import { humanBytes } from '../output/text.js';

type Row = MemberAnswer<MemberStatus>;

const HEAD = [
  'ENDPOINT',
  'ID',
  'VERSION',
  'DB SIZE',
  'IS LEADER',
  'IS LEARNER',
  'RAFT TERM',
  'RAFT INDEX',
  'RAFT APPLIED INDEX',
  'ERRORS',
];

/** @param path the command as typed: `status`, or etcdctl's `endpoint status` */
export function statusCommand(streams: Streams, path = 'status'): Command {
  return new Subcommand('status')
    .description('print version, size, leader and log position of each member')
    .option(...CLUSTER_FLAG)
    .example(`raftkv ${path} --cluster -w table`)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const endpoints = await endpointsToAsk(command, client);
      const rows = await Promise.all(endpoints.map((endpoint) => askMember(endpoint, (at) => client.status(at))));
      await writeOutput(streams, flags.writeOut, {
        simple: () => rows.map((row) => `${cells(row).join(', ')}\n`).join(''),
        json: () => rows.map(toObject),
        fields: () => rows.flatMap(toFields),
        table: () => renderTable(HEAD, rows.map(cells)),
      });
      failIfAny(rows);
    });
}

function cells(row: Row): readonly string[] {
  if ('error' in row) return [row.endpoint, ...Array.from({ length: HEAD.length - 2 }, () => ''), row.error];
  const { answer: status } = row;
  return [
    row.endpoint,
    status.header.memberId,
    status.raftkvVersion === undefined ? status.version : `${status.version} (raftkv ${status.raftkvVersion})`,
    humanBytes(status.dbSize),
    String(status.isLeader),
    String(status.isLearner),
    String(status.raftTerm),
    String(status.raftIndex),
    String(status.raftAppliedIndex),
    status.errors.join('; '),
  ];
}

function leaderValue({ leader }: MemberStatus): bigint {
  return leader === undefined ? 0n : memberIdValue(leader);
}

/** The lines of etcdctl 3.5. */
function toFields(row: Row): readonly string[] {
  if ('error' in row) return [field('Endpoint', row.endpoint), field('Error', row.error), ''];
  const { answer: status } = row;
  return [
    ...headerFields(status.header),
    field('Version', status.version),
    field('DBSize', status.dbSize),
    field('Leader', leaderValue(status)),
    field('IsLearner', status.isLearner),
    field('RaftIndex', status.raftIndex),
    field('RaftTerm', status.raftTerm),
    field('RaftAppliedIndex', status.raftAppliedIndex),
    rawField('Errors', `[${status.errors.join(' ')}]`),
    field('Endpoint', row.endpoint),
    '',
  ];
}

function toObject(row: Row): object {
  if ('error' in row) return { Endpoint: row.endpoint, Error: row.error };
  const { answer: status } = row;
  return {
    Endpoint: row.endpoint,
    Status: {
      header: headerJson(status.header),
      version: status.version,
      raftkvVersion: status.raftkvVersion,
      dbSize: status.dbSize,
      leader: leaderValue(status),
      raftIndex: status.raftIndex,
      raftTerm: status.raftTerm,
      raftAppliedIndex: status.raftAppliedIndex,
      errors: status.errors.length === 0 ? undefined : status.errors,
      dbSizeInUse: status.dbSizeInUse,
      isLearner: status.isLearner || undefined,
    },
  };
}
