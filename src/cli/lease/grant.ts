import { Command } from 'commander';
import { hex64 } from '../../util/integer.js';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import type { Streams } from '../streams.js';
import { wholeNumber } from '../text.js';
import { writeLease } from './output.js';

export function grantCommand(streams: Streams): Command {
  return new Command('grant')
    .description('grant a lease, which ends after its time unless it is kept alive')
    .argument('<ttl>', 'in seconds; the server has a shortest one', wholeNumber(0))
    .action(async (ttl: number, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = makeClient(flags);
      const { id, ttlSeconds, header } = await client.leaseGrant(ttl);
      await writeLease(streams, flags.writeOut, {
        header,
        simple: `lease ${hex64(id)} granted with TTL(${ttlSeconds}s)\n`,
        json: { ID: id, TTL: ttlSeconds, Error: '' },
        head: ['ID', 'TTL'],
        rows: [[hex64(id), String(ttlSeconds)]],
      });
    });
}
