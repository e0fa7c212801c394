import type { Command } from 'commander';
import type { MemberId } from '../../../client/index.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { parseMemberId } from '../../parsing/arguments.js';
import { changeLine, writeMembers } from './output.js';

interface UpdateFlags extends ClientFlags {
  readonly peerUrls: string;
}

export function updateCommand(streams: Streams): Command {
  return new Subcommand('update')
    .description('change the peer URLs of a member')
    .argument('<id>', 'id of the member (hex)', parseMemberId)
    .requiredOption('--peer-urls <urls>', 'new peer URLs, separated by commas')
    .example('raftkv member update 8e9e05c52164694d --peer-urls http://10.0.0.9:2380')
    .action(async (id: MemberId, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<UpdateFlags>();
      await using client = await makeClient(flags, streams);
      const result = await client.memberUpdate(id, { peerUrls: flags.peerUrls.split(',') });
      const simple = changeLine(id, { done: 'updated in', header: result.header });
      await writeMembers(streams, flags, { result, simple });
    });
}
