import type { Command } from 'commander';
import { hex64 } from '../../../util/integer.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { field } from '../../output/fields.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { writeLease } from './output.js';

export function listCommand(streams: Streams): Command {
  return new Subcommand('list')
    .description('list the ids of all leases')
    .example('raftkv lease list')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { ids, header } = await client.leaseList();
      const lines = ids.map(hex64);
      await writeLease(streams, flags.writeOut, {
        header,
        simple: [`found ${ids.length} leases`, ...lines].map((line) => `${line}\n`).join(''),
        json: { leases: ids.map((id) => ({ id })) },
        fields: ids.map((id) => field('ID', id)),
        head: ['ID'],
        rows: lines.map((line) => [line]),
      });
    });
}
