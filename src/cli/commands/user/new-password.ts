import { askPassword, isTerminal, readPassword } from '../../process/password.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';

/** The flag of commands that ask for a new password, and its meaning. */
export const INTERACTIVE = [
  '--interactive',
  'ask for the password twice; --interactive=false reads it once, as a line of standard input',
] as const;

/** Asks for the new password of a user. @throws CommandError if it is empty, or typed differently the second time */
export async function newPassword(streams: Streams, user: string, interactive: boolean): Promise<string> {
  if (!interactive) return notEmpty(await readPassword(streams));
  const password = notEmpty(await askPassword(streams, `Password of ${user}: `));
  const again = await askPassword(streams, `Type password of ${user} again for confirmation: `);
  if (again === '' && !isTerminal(streams.stdin)) {
    throw new CommandError('standard input has the password once: give it twice, or --interactive=false');
  }
  if (again !== password) throw new CommandError('given passwords are different');
  return password;
}

function notEmpty(password: string): string {
  if (password === '') throw new CommandError('empty password');
  return password;
}
