import type { Command } from 'commander';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { wholeNumber } from '../parsing/arguments.js';

interface CompactFlags extends ClientFlags {
  readonly physical?: boolean;
}

/** @param name `compact`, or etcdctl's `compaction` */
export function compactCommand(streams: Streams, name = 'compact'): Command {
  return new Subcommand(name)
    .description(name === 'compact' ? 'discard history before a revision' : 'the same as compact')
    .argument('<revision>', 'oldest revision that stays readable', wholeNumber(0))
    .option('--physical', 'wait until the space is free')
    .example(`raftkv ${name} 1000 --physical`)
    .action(async (revision: number, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<CompactFlags>();
      await using client = await makeClient(flags, streams);
      await client.compact(revision, { physical: flags.physical === true });
      await write(streams.stdout, `compacted revision ${revision}\n`);
    });
}
