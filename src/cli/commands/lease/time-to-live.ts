import type { Command } from 'commander';
import type { LeaseTimeToLiveResult } from '../../../client/index.js';
import { hex64 } from '../../../util/integer.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { field } from '../../output/fields.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { parseLeaseId } from '../../parsing/arguments.js';
import { toHex } from '../../output/text.js';
import { writeLease } from './output.js';

interface TimeToLiveFlags extends ClientFlags {
  readonly keys?: boolean;
}

export function timeToLiveCommand(streams: Streams): Command {
  return new Subcommand('timetolive')
    .description('print the granted and the remaining TTL of a lease')
    .argument('<id>', 'id of the lease (hex)', parseLeaseId)
    .option('--keys', 'also print the keys attached to the lease')
    .example('raftkv lease timetolive 694d77aa9e38260f --keys')
    .action(async (id: bigint, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<TimeToLiveFlags>();
      const keys = flags.keys ?? false;
      await using client = await makeClient(flags, streams);
      const result = await client.leaseTimeToLive(id, { keys });
      const { leftSeconds, ttlSeconds, header } = result;
      const encoded = result.keys.map((key) => key.toString('base64'));
      const texts = result.keys.map((key) => (flags.hex ? toHex(key) : key.toString()));
      await writeLease(streams, flags.writeOut, {
        header,
        simple: line(result, keys ? texts : undefined),
        json: { id, ttl: leftSeconds, 'granted-ttl': ttlSeconds, keys: encoded.length === 0 ? null : encoded },
        fields: [
          field('ID', id),
          field('TTL', leftSeconds),
          field('GrantedTTL', ttlSeconds),
          ...result.keys.map((key) => field('Key', key)),
        ],
        head: ['ID', 'LEFT', 'TTL', 'KEYS'],
        rows: [[hex64(id), String(leftSeconds), String(ttlSeconds), texts.join(' ')]],
      });
    });
}

function line({ id, leftSeconds, ttlSeconds }: LeaseTimeToLiveResult, keys: readonly string[] | undefined): string {
  if (ttlSeconds === 0 && leftSeconds === -1) return `lease ${hex64(id)} already expired\n`;
  const attached = keys === undefined ? '' : `, attached keys([${keys.join(' ')}])`;
  return `lease ${hex64(id)} granted with TTL(${ttlSeconds}s), remaining(${leftSeconds}s)${attached}\n`;
}
