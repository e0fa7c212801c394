import type { Command } from 'commander';
import { headerFields, quotedFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import { renderTable } from '../../output/table.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';

export function listCommand(streams: Streams): Command {
  return new Subcommand('list')
    .description('list the users')
    .example('raftkv user list')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { users, header } = await client.auth.userList();
      await writeOutput(streams, flags.writeOut, {
        simple: () => users.map((user) => `${user}\n`).join(''),
        json: () => ({ header: headerJson(header), users: users.length === 0 ? undefined : users }),
        fields: () => [...headerFields(header), quotedFields('Users', users)],
        table: () =>
          renderTable(
            ['USER'],
            users.map((user) => [user]),
          ),
      });
    });
}
