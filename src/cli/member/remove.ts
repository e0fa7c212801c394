import { Command } from 'commander';
import type { MemberId } from '../../client/index.js';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import type { Streams } from '../streams.js';
import { parseMemberId } from '../text.js';
import { changeLine, writeMembers } from './output.js';
import { namingTheMissing } from './unhealthy.js';

export function removeCommand(streams: Streams): Command {
  return new Command('remove')
    .description('remove a member for good: it stops by itself, and its id never comes back')
    .argument('<id>', 'of the member, in hex', parseMemberId)
    .action(async (id: MemberId, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const result = await namingTheMissing(client, () => client.memberRemove(id));
      const simple = changeLine(id, { done: 'removed from', header: result.header });
      await writeMembers(streams, flags.writeOut, { result, simple });
    });
}
