import { Command } from 'commander';
import { hex64 } from '../../util/integer.js';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import type { Streams } from '../streams.js';
import { writeLease } from './output.js';

export function listCommand(streams: Streams): Command {
  return new Command('list')
    .description('print the ids of all leases')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const { ids, header } = await client.leaseList();
      const lines = ids.map(hex64);
      await writeLease(streams, flags.writeOut, {
        header,
        simple: [`found ${ids.length} leases`, ...lines].map((line) => `${line}\n`).join(''),
        json: { leases: ids.map((id) => ({ id })) },
        head: ['ID'],
        rows: lines.map((line) => [line]),
      });
    });
}
