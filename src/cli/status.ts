import { Command } from 'commander';
import { RaftKvError } from '../client/index.js';
import type { Client, MemberStatus } from '../client/index.js';
import { assertNever } from '../util/assert.js';
import { memberIdValue } from '../util/member-id.js';
import { makeClient } from './client-options.js';
import type { ClientFlags, OutputFormat } from './client-options.js';
import { CLUSTER_FLAG, endpointsToAsk } from './each-member.js';
import { headerJson } from './json.js';
import { CommandError, write } from './streams.js';
import type { Streams } from './streams.js';
import { renderTable } from './table.js';
import { humanBytes, plural, toJson } from './text.js';

type Row =
  { readonly endpoint: string; readonly status: MemberStatus } | { readonly endpoint: string; readonly error: string };

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

export function statusCommand(streams: Streams): Command {
  return new Command('status')
    .description('what each member says of itself: those of --endpoints, or else every member of the cluster')
    .option(...CLUSTER_FLAG)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const endpoints = await endpointsToAsk(command, client);
      const rows = await Promise.all(endpoints.map((endpoint) => ask(client, endpoint)));
      await write(streams.stdout, render(rows, flags.writeOut));
      const failed = rows.filter((row) => 'error' in row).length;
      if (failed > 0) throw new CommandError(`${plural(failed, 'member')} of ${rows.length} did not answer`);
    });
}

async function ask(client: Client, endpoint: string): Promise<Row> {
  try {
    return { endpoint, status: await client.status(endpoint) };
  } catch (error) {
    if (!(error instanceof RaftKvError)) throw error;
    return { endpoint, error: error.message.replace(`${endpoint}: `, '') };
  }
}

function render(rows: readonly Row[], format: OutputFormat): string {
  switch (format) {
    case 'json':
      return `${toJson(rows.map(rowJson))}\n`;
    case 'table':
      return renderTable(HEAD, rows.map(cells));
    case 'simple':
      return rows.map((row) => `${cells(row).join(', ')}\n`).join('');
    default:
      return assertNever(format, 'output format');
  }
}

function cells(row: Row): readonly string[] {
  if ('error' in row) return [row.endpoint, ...Array.from({ length: HEAD.length - 2 }, () => ''), row.error];
  const { status } = row;
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

function rowJson(row: Row): object {
  if ('error' in row) return { Endpoint: row.endpoint, Error: row.error };
  const { status } = row;
  return {
    Endpoint: row.endpoint,
    Status: {
      header: headerJson(status.header),
      version: status.version,
      raftkvVersion: status.raftkvVersion,
      dbSize: status.dbSize,
      leader: status.leader === undefined ? 0 : memberIdValue(status.leader),
      raftIndex: status.raftIndex,
      raftTerm: status.raftTerm,
      raftAppliedIndex: status.raftAppliedIndex,
      errors: status.errors.length === 0 ? undefined : status.errors,
      dbSizeInUse: status.dbSizeInUse,
      isLearner: status.isLearner || undefined,
    },
  };
}
