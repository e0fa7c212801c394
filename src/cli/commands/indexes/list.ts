import type { Command } from 'commander';
import { headerFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';
import { indexFields, indexJson, indexLine, indexTable } from './output.js';

export function listCommand(streams: Streams): Command {
  return new Subcommand('list')
    .description('list the indexes: name, state, type, source, keys, and whether unique')
    .example('raftkv index list -w table')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { indexes, header } = await client.indexList();
      await writeOutput(streams, flags.writeOut, {
        simple: () => indexes.map((index) => `${indexLine(index, flags.hex)}\n`).join(''),
        json: () => ({
          header: headerJson(header),
          indexes: indexes.length === 0 ? undefined : indexes.map(indexJson),
        }),
        fields: () => [...headerFields(header), ...indexes.flatMap((index) => [...indexFields(index), ''])],
        table: () => indexTable(indexes, flags.hex),
      });
    });
}
