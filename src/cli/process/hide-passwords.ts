import { withoutPasswords } from './hidden-arguments.js';

/**
 * Replaces passwords on the command line in the list of processes. They stay visible there while Node starts, some tens of
 * milliseconds, and in the history of the shell.
 */
export function hidePasswords(): void {
  const shown = withoutPasswords(process.argv.slice(2));
  if (shown !== undefined) process.title = ['raftkv', ...shown].join(' ');
}
