import type { Command } from 'commander';
import { headerFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import { renderTable } from '../../output/table.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';

export function deleteCommand(streams: Streams): Command {
  return new Subcommand('delete')
    .description('delete a feed; its consumers end')
    .argument('<name>', 'name of the feed')
    .example('raftkv feed delete billing')
    .action(async (name: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { header } = await client.feeds.delete(name);
      await writeOutput(streams, flags.writeOut, {
        simple: () => `feed ${name} deleted\n`,
        json: () => headerJson(header),
        fields: () => headerFields(header),
        table: () => renderTable(['DELETED'], [[name]]),
      });
    });
}
