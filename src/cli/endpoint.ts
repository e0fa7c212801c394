import { Command } from 'commander';
import type { Health } from '../client/index.js';
import { assertNever } from '../util/assert.js';
import { makeClient } from './client-options.js';
import type { ClientFlags, OutputFormat } from './client-options.js';
import { CLUSTER_FLAG, endpointsToAsk } from './each-member.js';
import { hashKvCommand } from './hashkv.js';
import { statusCommand } from './status.js';
import { CommandError, write } from './streams.js';
import type { Streams } from './streams.js';
import { renderTable } from './table.js';
import { toJson } from './text.js';

type Row = Health & { readonly endpoint: string };

export function endpointCommand(streams: Streams): Command {
  return new Command('endpoint')
    .description('what members say of themselves: those of --endpoints, or else every member of the cluster')
    .addCommand(healthCommand(streams))
    .addCommand(statusCommand(streams))
    .addCommand(hashKvCommand(streams));
}

function healthCommand(streams: Streams): Command {
  return new Command('health')
    .description('whether each member answers a linearizable read')
    .option(...CLUSTER_FLAG)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const endpoints = await endpointsToAsk(command, client);
      const rows = await Promise.all(
        endpoints.map(async (endpoint): Promise<Row> => ({ ...(await client.health(endpoint)), endpoint })),
      );
      await write(streams.stdout, render(rows, flags.writeOut));
      if (rows.some(({ healthy }) => !healthy)) throw new CommandError('unhealthy cluster');
    });
}

function render(rows: readonly Row[], format: OutputFormat): string {
  switch (format) {
    case 'json':
      return `${toJson(rows.map((row) => ({ endpoint: row.endpoint, health: row.healthy, took: took(row), error: errorOf(row) })))}\n`;
    case 'table':
      return renderTable(
        ['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'],
        rows.map((row) => [row.endpoint, String(row.healthy), took(row), errorOf(row) ?? '']),
      );
    case 'simple':
      return rows.map((row) => `${sentence(row)}\n`).join('');
    default:
      return assertNever(format, 'output format');
  }
}

function sentence(row: Row): string {
  if (!row.healthy) return `${row.endpoint} is unhealthy: failed to commit proposal: ${row.error.message}`;
  return `${row.endpoint} is healthy: successfully committed proposal: took = ${took(row)}`;
}

function took({ tookMs }: Row): string {
  return `${tookMs.toFixed(6)}ms`;
}

function errorOf(row: Row): string | undefined {
  return row.healthy ? undefined : row.error.message;
}
