import type { Command } from 'commander';
import { hex64 } from '../../../util/integer.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { headerFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { renderTable } from '../../output/table.js';
import { parseLeaseId } from '../../parsing/arguments.js';

export function revokeCommand(streams: Streams): Command {
  return new Subcommand('revoke')
    .description('end a lease and delete the keys attached to it')
    .argument('<id>', 'id of the lease (hex)', parseLeaseId)
    .example('raftkv lease revoke 694d77aa9e38260f')
    .action(async (id: bigint, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { header } = await client.leaseRevoke(id);
      await writeOutput(streams, flags.writeOut, {
        simple: () => `lease ${hex64(id)} revoked\n`,
        json: () => ({ header: headerJson(header) }),
        fields: () => headerFields(header),
        table: () => renderTable(['ID', 'STATUS'], [[hex64(id), 'revoked']]),
      });
    });
}
