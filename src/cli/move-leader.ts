import { Command } from 'commander';
import type { MemberId } from '../client/index.js';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { headerJson } from './json.js';
import { write } from './streams.js';
import type { Streams } from './streams.js';
import { parseMemberId, toJson } from './text.js';

export function moveLeaderCommand(streams: Streams): Command {
  return new Command('move-leader')
    .description('hand the leadership to another member, wherever the leader is now')
    .argument('<id>', 'of the member that is to lead, in hex', parseMemberId)
    .action(async (id: MemberId, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const { header, previousLeader } = await client.moveLeader(id);
      const line =
        flags.writeOut === 'json'
          ? toJson({ header: headerJson(header) })
          : `Leadership transferred from ${previousLeader} to ${id}`;
      await write(streams.stdout, `${line}\n`);
    });
}
