import type { Command } from 'commander';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';
import { writeStatus } from './output.js';
import { startRevision } from './start-revision.js';
import type { Start } from './start-revision.js';

interface Flags extends ClientFlags {
  readonly from: Start;
}

export function resetCommand(streams: Streams): Command {
  return new Subcommand('reset')
    .description('move all cursors of a feed, and mend it if it is broken')
    .argument('<name>', 'name of the feed')
    .option('--from <revision>', 'first revision to deliver: a number, "oldest" or "now"', startRevision, 'now')
    .example('raftkv feed reset billing --from oldest')
    .action(async (name: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      await using client = await makeClient(flags, streams);
      await writeStatus(streams, flags, await client.feeds.reset(name, flags.from === 'now' ? undefined : flags.from));
    });
}
