import type { Command } from 'commander';
import { hex64 } from '../../../util/integer.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { field } from '../../output/fields.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { wholeNumber } from '../../parsing/arguments.js';
import { writeLease } from './output.js';

export function grantCommand(streams: Streams): Command {
  return new Subcommand('grant')
    .description('grant a lease, which expires after its TTL unless it is kept alive')
    .argument('<ttl>', 'time to live in seconds; the server enforces a minimum', wholeNumber(0))
    .example('raftkv lease grant 60')
    .action(async (ttl: number, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { id, ttlSeconds, header } = await client.leaseGrant(ttl);
      await writeLease(streams, flags.writeOut, {
        header,
        simple: `lease ${hex64(id)} granted with TTL(${ttlSeconds}s)\n`,
        json: { ID: id, TTL: ttlSeconds, Error: '' },
        fields: [field('ID', id), field('TTL', ttlSeconds)],
        head: ['ID', 'TTL'],
        rows: [[hex64(id), String(ttlSeconds)]],
      });
    });
}
