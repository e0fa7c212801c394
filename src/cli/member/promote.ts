import { Command } from 'commander';
import type { MemberId } from '../../client/index.js';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import type { Streams } from '../streams.js';
import { parseMemberId } from '../text.js';
import { changeLine, writeMembers } from './output.js';

export function promoteCommand(streams: Streams): Command {
  return new Command('promote')
    .description('let a learner that has caught up vote')
    .argument('<id>', 'of the member, in hex', parseMemberId)
    .action(async (id: MemberId, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const result = await client.memberPromote(id);
      const simple = changeLine(id, { done: 'promoted in', header: result.header });
      await writeMembers(streams, flags.writeOut, { result, simple });
    });
}
