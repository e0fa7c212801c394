import type { Command } from 'commander';
import { writeChange } from '../../output/change.js';
import { refuseTable } from '../../output/output.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';
import { INTERACTIVE, newPassword } from './new-password.js';

interface PasswdFlags extends ClientFlags {
  readonly interactive: boolean;
}

export function passwdCommand(streams: Streams): Command {
  return new Subcommand('passwd')
    .description('change the password of a user')
    .argument('<user>', 'name of the user')
    .option(...INTERACTIVE, true)
    .example('raftkv user passwd alice')
    .action(async (user: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<PasswdFlags>();
      refuseTable(flags.writeOut);
      const password = await newPassword(streams, user, flags.interactive);
      await using client = await makeClient(flags, streams);
      const { header } = await client.auth.userChangePassword(user, { password });
      await writeChange(streams, flags.writeOut, { header, line: 'Password updated' });
    });
}
