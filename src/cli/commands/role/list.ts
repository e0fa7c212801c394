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
    .description('list the roles')
    .example('raftkv role list')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { roles, header } = await client.auth.roleList();
      await writeOutput(streams, flags.writeOut, {
        simple: () => roles.map((role) => `${role}\n`).join(''),
        json: () => ({ header: headerJson(header), roles: roles.length === 0 ? undefined : roles }),
        fields: () => [...headerFields(header), quotedFields('Roles', roles)],
        table: () =>
          renderTable(
            ['ROLE'],
            roles.map((role) => [role]),
          ),
      });
    });
}
