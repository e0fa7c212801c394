import type { Command } from 'commander';
import { writeChange } from '../../output/change.js';
import { refuseTable } from '../../output/output.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';

export function dropCommand(streams: Streams): Command {
  return new Subcommand('drop')
    .description('remove an index; keys and values stay')
    .argument('<index>', 'name of the index')
    .example('raftkv index drop by-email')
    .action(async (name: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      refuseTable(flags.writeOut);
      await using client = await makeClient(flags, streams);
      const { header } = await client.index(name).drop();
      await writeChange(streams, flags.writeOut, { header, line: `index ${name} dropped` });
    });
}
