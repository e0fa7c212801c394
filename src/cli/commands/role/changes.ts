import type { Command } from 'commander';
import type { AuthResult, Client } from '../../../client/index.js';
import { writeChange } from '../../output/change.js';
import { refuseTable } from '../../output/output.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';

export function addCommand(streams: Streams): Command {
  return roleCommand(streams, {
    name: 'add',
    description: 'add a role, which has no permissions yet',
    change: (client, role) => client.auth.roleAdd(role),
    done: 'created',
  });
}

export function deleteCommand(streams: Streams): Command {
  return roleCommand(streams, {
    name: 'delete',
    description: 'delete a role, and take it from all users',
    change: (client, role) => client.auth.roleDelete(role),
    done: 'deleted',
  });
}

interface Change {
  readonly name: string;
  readonly description: string;
  readonly change: (client: Client, role: string) => Promise<AuthResult>;
  readonly done: string;
}

function roleCommand(streams: Streams, { name, description, change, done }: Change): Command {
  return new Subcommand(name)
    .description(description)
    .argument('<role>', 'name of the role')
    .example(`raftkv role ${name} readers`)
    .action(async (role: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      refuseTable(flags.writeOut);
      await using client = await makeClient(flags, streams);
      const { header } = await change(client, role);
      await writeChange(streams, flags.writeOut, { header, line: `Role ${role} ${done}` });
    });
}
