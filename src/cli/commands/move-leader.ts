import type { Command } from 'commander';
import type { MemberId } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { headerFields } from '../output/fields.js';
import { headerJson } from '../output/json.js';
import { writeOutput } from '../output/output.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { renderTable } from '../output/table.js';
import { parseMemberId } from '../parsing/arguments.js';

export function moveLeaderCommand(streams: Streams): Command {
  return new Subcommand('move-leader')
    .description('transfer the leadership to another member')
    .argument('<id>', 'id of the new leader (hex)', parseMemberId)
    .example('raftkv move-leader 8e9e05c52164694d')
    .action(async (id: MemberId, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { header, previousLeader } = await client.moveLeader(id);
      await writeOutput(streams, flags.writeOut, {
        simple: () => `Leadership transferred from ${previousLeader} to ${id}\n`,
        json: () => ({ header: headerJson(header) }),
        fields: () => headerFields(header),
        table: () => renderTable(['FROM', 'TO'], [[previousLeader, id]]),
      });
    });
}
