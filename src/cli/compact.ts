import { Command } from 'commander';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { write } from './streams.js';
import type { Streams } from './streams.js';
import { wholeNumber } from './text.js';

interface CompactFlags extends ClientFlags {
  readonly physical?: boolean;
}

/** @param name `compact`, or what etcdctl calls it */
export function compactCommand(streams: Streams, name = 'compact'): Command {
  return new Command(name)
    .description(
      name === 'compact' ? 'give up what was overwritten or deleted before a revision' : 'the same as compact',
    )
    .argument('<revision>', 'the oldest that can be read and watched from afterwards', wholeNumber(0))
    .option('--physical', 'wait until the space is really free')
    .action(async (revision: number, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<CompactFlags>();
      await using client = makeClient(flags);
      await client.compact(revision, { physical: flags.physical === true });
      await write(streams.stdout, `compacted revision ${revision}\n`);
    });
}
