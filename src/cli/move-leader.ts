import type { Command } from 'commander';
import type { MemberId } from '../client/index.js';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { headerFields } from './fields.js';
import { headerJson } from './json.js';
import { writeOutput } from './output.js';
import type { Streams } from './streams.js';
import { Subcommand } from './subcommand.js';
import { renderTable } from './table.js';
import { parseMemberId } from './arguments.js';

export function moveLeaderCommand(streams: Streams): Command {
  return new Subcommand('move-leader')
    .description('transfer the leadership to another member')
    .argument('<id>', 'id of the new leader (hex)', parseMemberId)
    .example('raftkv move-leader 8e9e05c52164694d')
    .action(async (id: MemberId, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags, streams);
      const { header, previousLeader } = await client.moveLeader(id);
      await writeOutput(streams, flags.writeOut, {
        simple: () => `Leadership transferred from ${previousLeader} to ${id}\n`,
        json: () => ({ header: headerJson(header) }),
        fields: () => headerFields(header),
        table: () => renderTable(['FROM', 'TO'], [[previousLeader, id]]),
      });
    });
}
