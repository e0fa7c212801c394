import type { Command } from 'commander';
import { headerFields, quotedFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { refuseTable, writeOutput } from '../../output/output.js';
import { writeRole } from '../../output/role.js';
import { renderTable } from '../../output/table.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { write } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';

interface GetFlags extends ClientFlags {
  readonly detail?: boolean;
}

export function getCommand(streams: Streams): Command {
  return new Subcommand('get')
    .description('print the roles of a user')
    .argument('<user>', 'name of the user')
    .option('--detail', 'also print the permissions of the roles')
    .example('raftkv user get alice')
    .example('raftkv user get alice --detail')
    .action(async (user: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GetFlags>();
      if (flags.detail === true) await writeDetail(streams, user, flags);
      else await writeUser(streams, user, flags);
    });
}

async function writeUser(streams: Streams, user: string, flags: GetFlags): Promise<void> {
  await using client = await makeClient(flags, streams);
  const { roles, header } = await client.auth.userGet(user);
  await writeOutput(streams, flags.writeOut, {
    simple: () => `User: ${user}\nRoles:${roles.map((role) => ` ${role}`).join('')}\n`,
    json: () => ({ header: headerJson(header), roles: roles.length === 0 ? undefined : roles }),
    fields: () => [...headerFields(header), quotedFields('Roles', roles)],
    table: () => renderTable(['USER', 'ROLES'], [[user, roles.join(', ')]]),
  });
}

/** As in etcdctl, the name is text in every format, and each role follows in the chosen one. */
async function writeDetail(streams: Streams, user: string, flags: GetFlags): Promise<void> {
  refuseTable(flags.writeOut);
  await using client = await makeClient(flags, streams);
  const { roles } = await client.auth.userGet(user);
  await write(streams.stdout, `User: ${user}\n`);
  for (const role of roles) {
    const found = await client.auth.roleGet(role);
    await write(streams.stdout, '\n');
    await writeRole(streams, flags, { role, ...found });
  }
}
