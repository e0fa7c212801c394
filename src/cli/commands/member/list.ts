import type { Command } from 'commander';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { memberLines, writeMembers } from './output.js';

export function listCommand(streams: Streams): Command {
  return new Subcommand('list')
    .description('list the members: id, status, name, peer URLs, client URLs, is learner')
    .notes(
      'With --consistency stale, one member answers from its own state, even a learner or a member without a leader.',
    )
    .example('raftkv member list -w table')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const result = await client.memberList({ linearizable: flags.consistency !== 'stale' });
      await writeMembers(streams, flags, { result, simple: memberLines(result.members) });
    });
}
