import { Option } from 'commander';
import type { Command } from 'commander';
import type { NewUser } from '../../../client/index.js';
import { writeChange } from '../../output/change.js';
import { refuseTable } from '../../output/output.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { INTERACTIVE, newPassword } from './new-password.js';

interface AddFlags extends ClientFlags {
  readonly interactive: boolean;
  readonly newUserPassword?: string;
  readonly noPassword?: boolean;
}

export function addCommand(streams: Streams): Command {
  return new Subcommand('add')
    .description('add a user')
    .argument('<user>', 'name of the new user, or NAME:PASSWORD')
    .option(...INTERACTIVE, true)
    .option('--new-user-password <password>', 'password of the new user, whose name may then hold a colon')
    .addOption(noPasswordOption())
    .example('raftkv user add alice')
    .example('raftkv user add alice --interactive=false < password.txt')
    .example('raftkv user add host7 --no-password', 'a user that only a client certificate identifies')
    .action(async (text: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<AddFlags>();
      refuseTable(flags.writeOut);
      const { name, user } = await newUser(streams, text, flags);
      await using client = await makeClient(flags, streams);
      const { header } = await client.auth.userAdd(name, user);
      await writeChange(streams, flags.writeOut, { header, line: `User ${name} created` });
    });
}

/** The parser would take it for the negation of --password. */
function noPasswordOption(): Option {
  const option = new Option(
    '--no-password',
    'add a user without a password, that only a client certificate identifies',
  );
  option.negate = false;
  return option;
}

async function newUser(
  streams: Streams,
  text: string,
  { interactive, newUserPassword = '', noPassword }: AddFlags,
): Promise<{ readonly name: string; readonly user: NewUser }> {
  if (noPassword === true) return { name: text, user: { noPassword } };
  if (newUserPassword !== '') return { name: text, user: { password: newUserPassword } };
  const colon = text.indexOf(':');
  if (colon < 0) return { name: text, user: { password: await newPassword(streams, text, interactive) } };
  const [name, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (name === '') throw new CommandError('empty user name is not allowed');
  if (password === '') throw new CommandError('empty password');
  return { name, user: { password } };
}
