import type { Command } from 'commander';
import type { Health } from '../../../client/index.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { CLUSTER_FLAG, endpointsToAsk } from './each-member.js';
import { field, rawField } from '../../output/fields.js';
import { writeOutput } from '../../output/output.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { renderTable } from '../../output/table.js';

type Row = Health & { readonly endpoint: string };

export function healthCommand(streams: Streams): Command {
  return new Subcommand('health')
    .description('check whether each member answers a linearizable read and no alarm is raised')
    .option(...CLUSTER_FLAG)
    .example('raftkv endpoint health --cluster')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const endpoints = await endpointsToAsk(command, client);
      const rows = await Promise.all(
        endpoints.map(async (endpoint): Promise<Row> => ({ ...(await client.health(endpoint)), endpoint })),
      );
      await writeOutput(streams, flags.writeOut, {
        simple: () => rows.map((row) => `${sentence(row)}\n`).join(''),
        json: () =>
          rows.map((row) => ({ endpoint: row.endpoint, health: row.healthy, took: took(row), error: errorOf(row) })),
        fields: () => rows.flatMap(toFields),
        table: () =>
          renderTable(
            ['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'],
            rows.map((row) => [row.endpoint, String(row.healthy), took(row), errorOf(row) ?? '']),
          ),
      });
      if (rows.some(({ healthy }) => !healthy)) throw new CommandError('unhealthy cluster');
    });
}

function sentence(row: Row): string {
  if (!row.healthy) return `${row.endpoint} is unhealthy: failed to commit proposal: ${row.error.message}`;
  return `${row.endpoint} is healthy: successfully committed proposal: took = ${took(row)}`;
}

function toFields(row: Row): readonly string[] {
  return [
    field('Endpoint', row.endpoint),
    field('Health', row.healthy),
    rawField('Took', took(row)),
    rawField('Error', errorOf(row) ?? ''),
    '',
  ];
}

function took({ tookMs }: Row): string {
  return `${tookMs.toFixed(6)}ms`;
}

function errorOf(row: Row): string | undefined {
  return row.healthy ? undefined : row.error.message;
}
