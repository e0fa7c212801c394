import { Command } from 'commander';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { askEach, CLUSTER_FLAG, endpointsToAsk, failIfAny } from './each-member.js';
import { write } from './streams.js';
import type { Streams } from './streams.js';

/** A large store takes its time, and nothing is gained by not hearing of the end. */
const TIMEOUT_MS = 24 * 3_600_000;

export function defragCommand(streams: Streams): Command {
  return new Command('defrag')
    .description('have members give space back to their disks, one after the other; they go on serving')
    .option(...CLUSTER_FLAG)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const endpoints = await endpointsToAsk(command, client);
      const given = command.getOptionValueSourceWithGlobals('timeout') !== 'default';
      const options = given ? {} : { timeoutMs: TIMEOUT_MS };
      let failed = 0;
      for await (const done of askEach(endpoints, (endpoint) => client.defragment(endpoint, options))) {
        if ('error' in done) {
          failed++;
          await write(streams.stderr, `Failed to defragment member[${done.endpoint}] (${done.error})\n`);
        } else {
          await write(streams.stdout, `Finished defragmenting member[${done.endpoint}]\n`);
        }
      }
      failIfAny(failed, endpoints.length);
    });
}
