import { Command } from 'commander';
import type { LeaseTimeToLiveResult } from '../../client/index.js';
import { hex64 } from '../../util/integer.js';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import type { Streams } from '../streams.js';
import { parseLeaseId, toHex } from '../text.js';
import { writeLease } from './output.js';

interface TimeToLiveFlags extends ClientFlags {
  readonly keys?: boolean;
}

export function timeToLiveCommand(streams: Streams): Command {
  return new Command('timetolive')
    .description('print how much is left of a lease, and what was granted')
    .argument('<id>', 'of the lease, in hex', parseLeaseId)
    .option('--keys', 'print the keys that are attached to it too')
    .action(async (id: bigint, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<TimeToLiveFlags>();
      const keys = flags.keys ?? false;
      await using client = makeClient(flags);
      const result = await client.leaseTimeToLive(id, { keys });
      const { leftSeconds, ttlSeconds, header } = result;
      const encoded = result.keys.map((key) => key.toString('base64'));
      const texts = result.keys.map((key) => (flags.hex ? toHex(key) : key.toString()));
      await writeLease(streams, flags.writeOut, {
        header,
        simple: line(result, keys ? texts : undefined),
        json: { id, ttl: leftSeconds, 'granted-ttl': ttlSeconds, keys: encoded.length === 0 ? null : encoded },
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
