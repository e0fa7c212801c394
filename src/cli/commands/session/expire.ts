import type { Command } from 'commander';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { headerFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import { renderTable } from '../../output/table.js';
import { wholeNumber } from '../../parsing/arguments.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';

export function expireCommand(streams: Streams): Command {
  return new Subcommand('expire')
    .description('end a client session: its further writes are refused')
    .argument('<id>', 'id of the session', wholeNumber(1))
    .example('raftkv session expire 4611686018427387')
    .action(async (id: number, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { header } = await client.sessionClose(id);
      await writeOutput(streams, flags.writeOut, {
        simple: () => `session ${id} ended\n`,
        json: () => ({ header: headerJson(header) }),
        fields: () => headerFields(header),
        table: () => renderTable(['ID', 'STATUS'], [[String(id), 'ended']]),
      });
    });
}
