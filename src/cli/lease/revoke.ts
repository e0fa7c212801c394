import { Command } from 'commander';
import { hex64 } from '../../util/integer.js';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import { headerJson } from '../json.js';
import { write } from '../streams.js';
import type { Streams } from '../streams.js';
import { parseLeaseId, toJson } from '../text.js';

export function revokeCommand(streams: Streams): Command {
  return new Command('revoke')
    .description('end a lease now, and delete the keys that are attached to it')
    .argument('<id>', 'of the lease, in hex', parseLeaseId)
    .action(async (id: bigint, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const { header } = await client.leaseRevoke(id);
      const line = flags.writeOut === 'json' ? toJson({ header: headerJson(header) }) : `lease ${hex64(id)} revoked`;
      await write(streams.stdout, `${line}\n`);
    });
}
