import type { Command } from 'commander';
import type { MemberId } from '../../../client/index.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { parseMemberId } from '../../parsing/arguments.js';
import { changeLine, writeMembers } from './output.js';

export function promoteCommand(streams: Streams): Command {
  return new Subcommand('promote')
    .description('promote a learner that has caught up to a voter')
    .argument('<id>', 'id of the member (hex)', parseMemberId)
    .example('raftkv member promote 8e9e05c52164694d')
    .action(async (id: MemberId, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const result = await client.memberPromote(id);
      const simple = changeLine(id, { done: 'promoted in', header: result.header });
      await writeMembers(streams, flags, { result, simple });
    });
}
