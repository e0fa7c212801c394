import type { Command } from 'commander';
import { writeChange } from '../../output/change.js';
import { refuseTable } from '../../output/output.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';

export function deleteCommand(streams: Streams): Command {
  return new Subcommand('delete')
    .description('delete a user')
    .argument('<user>', 'name of the user')
    .example('raftkv user delete alice')
    .action(async (user: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      refuseTable(flags.writeOut);
      await using client = await makeClient(flags, streams);
      const { header } = await client.auth.userDelete(user);
      await writeChange(streams, flags.writeOut, { header, line: `User ${user} deleted` });
    });
}
