import type { Command } from 'commander';
import { makeClient, timeoutGiven } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { askEach, CLUSTER_FLAG, endpointsToAsk, failIfAny, type MemberAnswer } from './endpoint/each-member.js';
import { write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';

/** Time limit of one member, in ms, unless the user sets one: a large store takes long. */
const TIMEOUT_MS = 24 * 3_600_000;

export function defragCommand(streams: Streams): Command {
  return new Subcommand('defrag')
    .description('return free space of the store to the disk, one member after the other; members keep serving')
    .option(...CLUSTER_FLAG)
    .example('raftkv defrag --cluster')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const endpoints = await endpointsToAsk(command, client);
      const options = timeoutGiven(command) ? {} : { timeoutMs: TIMEOUT_MS };
      const answers: MemberAnswer<void>[] = [];
      for await (const done of askEach(endpoints, (endpoint) => client.defragment(endpoint, options))) {
        answers.push(done);
        if ('error' in done) {
          await write(streams.stderr, `Failed to defragment member[${done.endpoint}] (${done.error})\n`);
        } else {
          await write(streams.stdout, `Finished defragmenting member[${done.endpoint}]\n`);
        }
      }
      failIfAny(answers);
    });
}
