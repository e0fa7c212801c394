import { Command } from 'commander';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import type { Streams } from '../streams.js';
import { memberLines, writeMembers } from './output.js';

export function listCommand(streams: Streams): Command {
  return new Command('list')
    .description('print the members: id, started or not, name, peer URLs, client URLs, whether it is a learner')
    .addHelpText(
      'after',
      '\nWith --consistency stale a member tells what it knows: a learner, or one without a leader, answers too.',
    )
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const result = await client.memberList({ linearizable: flags.consistency !== 'stale' });
      await writeMembers(streams, flags.writeOut, { result, simple: memberLines(result.members) });
    });
}
