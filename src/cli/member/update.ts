import { Command } from 'commander';
import type { MemberId } from '../../client/index.js';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import type { Streams } from '../streams.js';
import { parseMemberId } from '../text.js';
import { changeLine, writeMembers } from './output.js';

interface UpdateFlags extends ClientFlags {
  readonly peerUrls: string;
}

export function updateCommand(streams: Streams): Command {
  return new Command('update')
    .description('tell the members where one of them is reached from now on')
    .argument('<id>', 'of the member, in hex', parseMemberId)
    .requiredOption('--peer-urls <urls>', 'its new peer URLs, separated by commas')
    .action(async (id: MemberId, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<UpdateFlags>();
      await using client = makeClient(flags);
      const result = await client.memberUpdate(id, { peerUrls: flags.peerUrls.split(',') });
      const simple = changeLine(id, { done: 'updated in', header: result.header });
      await writeMembers(streams, flags.writeOut, { result, simple });
    });
}
