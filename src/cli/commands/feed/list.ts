import type { Command } from 'commander';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';
import { writeFeeds, writeStatus } from './output.js';

export function listCommand(streams: Streams): Command {
  return new Subcommand('list')
    .description('list all feeds with their lags')
    .example('raftkv feed list')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      await writeFeeds(streams, flags, await client.feeds.list());
    });
}

export function statusCommand(streams: Streams): Command {
  return new Subcommand('status')
    .description('print the cursor, epoch and worker of each partition of a feed')
    .argument('<name>', 'name of the feed')
    .example('raftkv feed status billing')
    .action(async (name: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      await writeStatus(streams, flags, await client.feeds.status(name));
    });
}
