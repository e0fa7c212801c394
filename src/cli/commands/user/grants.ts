import type { Command } from 'commander';
import type { AuthResult, Client } from '../../../client/index.js';
import { writeChange } from '../../output/change.js';
import { refuseTable } from '../../output/output.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';

export function grantRoleCommand(streams: Streams): Command {
  return roleChange(streams, {
    name: 'grant-role',
    description: 'give a user a role',
    change: (client, user, role) => client.auth.userGrantRole(user, role),
    done: 'granted to',
  });
}

export function revokeRoleCommand(streams: Streams): Command {
  return roleChange(streams, {
    name: 'revoke-role',
    description: 'take a role from a user',
    change: (client, user, role) => client.auth.userRevokeRole(user, role),
    done: 'revoked from',
  });
}

interface RoleChange {
  readonly name: string;
  readonly description: string;
  readonly change: (client: Client, user: string, role: string) => Promise<AuthResult>;
  readonly done: string;
}

function roleChange(streams: Streams, { name, description, change, done }: RoleChange): Command {
  return new Subcommand(name)
    .description(description)
    .argument('<user>', 'name of the user')
    .argument('<role>', 'name of the role')
    .example(`raftkv user ${name} alice readers`)
    .action(async (user: string, role: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      refuseTable(flags.writeOut);
      await using client = await makeClient(flags, streams);
      const { header } = await change(client, user, role);
      await writeChange(streams, flags.writeOut, { header, line: `Role ${role} is ${done} user ${user}` });
    });
}
