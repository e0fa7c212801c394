import type { Command } from 'commander';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { wholeNumber } from '../../parsing/arguments.js';
import { isOneKey, select } from '../../parsing/selection.js';
import type { SelectionFlags } from '../../parsing/selection.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';
import { writeStatus } from './output.js';
import { startRevision } from './start-revision.js';
import type { Start } from './start-revision.js';

interface Flags extends ClientFlags, SelectionFlags {
  readonly from: Start;
  readonly prevKv?: boolean;
  readonly puts: boolean;
  readonly deletes: boolean;
  readonly partitions?: number;
  readonly retain?: number;
}

export function createCommand(streams: Streams): Command {
  return new Subcommand('create')
    .description('make a feed of the changes of a key or a range of keys')
    .argument('<name>', 'name of the feed')
    .argument('<key>', 'the key')
    .argument('[range_end]', 'end of the range (exclusive)')
    .option('--prefix', 'the keys that begin with KEY')
    .option('--from-key', 'the keys from KEY on')
    .option('--from <revision>', 'first revision to deliver: a number, "oldest" or "now"', startRevision, 'now')
    .option('--prev-kv', 'deliver the previous version with each change')
    .option('--no-puts', 'leave out puts')
    .option('--no-deletes', 'leave out deletions')
    .option('--partitions <number>', 'number of workers that can share the feed (default: 1)', wholeNumber(1, 64))
    .option(
      '--retain <revisions>',
      'largest number of revisions that compactions keep for it (default: 1000000)',
      wholeNumber(1, 1_000_000_000),
    )
    .example('raftkv feed create billing orders/ --prefix')
    .action(async (name: string, key: string, rangeEnd: string | undefined, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const { from, prevKv, partitions, retain } = flags;
      const selection = select(key, rangeEnd, flags);
      await using client = await makeClient(flags, streams);
      const feed = await client.feeds.create(name, {
        ...(isOneKey(selection) ? { key: selection } : selection),
        ...(from !== 'now' && { startRevision: from }),
        ...(prevKv !== undefined && { prevKv }),
        ...(partitions !== undefined && { partitions }),
        ...(retain !== undefined && { retainRevisions: retain }),
        filters: [...(flags.puts ? [] : (['put'] as const)), ...(flags.deletes ? [] : (['delete'] as const))],
      });
      await writeStatus(streams, flags, feed);
    });
}
