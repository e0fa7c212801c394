import { CommanderError } from 'commander';
import { isLearnerRefusal, isWithoutUser } from '../../client/calls/failures.js';
import { RaftKvError } from '../../client/index.js';
import { ConfigError } from '../../server/settings/urls.js';
import { AssertionError } from '../../util/assert.js';
import { isSystemError } from '../../util/system-error.js';
import { buildProgram } from './program.js';
import { CommandError, CommandExit, ReaderGone } from '../process/streams.js';
import type { Streams } from '../process/streams.js';

/** Advice after etcd's error about a learner. */
const LEARNER_HINT = 'a learner answers only get and member list, with --consistency stale; otherwise ask a voter';

/** Advice after etcd's error about a call without a user: "user name is empty". */
const USER_HINT = 'authentication is enabled: name a user with --user';

/**
 * Runs one command line, without the program's name.
 * @returns the exit code: 0, or 1 after one line on stderr with the reason, or that of a program that the command ran
 */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
  try {
    const program = await buildProgram(args, streams);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    if (error instanceof CommandExit) return error.code;
    // The parser has printed its own message. Help is not an error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    streams.stderr.write(`raftkv: ${explain(error)}\n`);
    return 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof RaftKvError) {
    const hint = isLearnerRefusal(error) ? LEARNER_HINT : isWithoutUser(error) ? USER_HINT : undefined;
    return hint === undefined ? error.message : `${error.message} (${hint})`;
  }
  if (error instanceof CommandError || error instanceof ConfigError) return error.message;
  if (error instanceof AssertionError || !(error instanceof Error)) return `this is a bug: ${String(error)}`;
  // The message of a system error suffices; any other unexpected error needs its stack.
  return isSystemError(error) ? error.message : (error.stack ?? error.message);
}
