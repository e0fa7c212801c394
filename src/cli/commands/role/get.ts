import type { Command } from 'commander';
import { writeRole } from '../../output/role.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';

export function getCommand(streams: Streams): Command {
  return new Subcommand('get')
    .description('print the permissions of a role')
    .argument('<role>', 'name of the role')
    .example('raftkv role get readers')
    .action(async (role: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      await writeRole(streams, flags, { role, ...(await client.auth.roleGet(role)) });
    });
}
