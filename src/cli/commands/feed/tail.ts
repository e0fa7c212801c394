import type { Command } from 'commander';
import { refuseTable } from '../../output/output.js';
import { wholeNumber } from '../../parsing/arguments.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { Interruption } from '../../process/interruption.js';
import type { Streams } from '../../process/streams.js';
import type { Client } from '../../../client/index.js';
import { writeBatch } from '../watch/follow.js';

interface Flags extends ClientFlags {
  readonly worker?: string;
  readonly ttl?: number;
  readonly ack: boolean;
}

export function tailCommand(streams: Streams): Command {
  return new Subcommand('tail')
    .description('print the changes of a feed until Ctrl-C, and acknowledge what is printed')
    .argument('<name>', 'name of the feed')
    .option('--worker <name>', 'name as a worker of the feed; another one with it ends')
    .option(
      '--ttl <seconds>',
      'time after which another worker takes over if this one is gone (default: 10)',
      wholeNumber(1, 3600),
    )
    .option('--no-ack', 'do not acknowledge: the same changes are delivered again')
    .example('raftkv feed tail billing')
    .action(async (name: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      refuseTable(flags.writeOut);
      await using client = await makeClient(flags, streams);
      const interruption = new Interruption(streams);
      await interruption.orExit(tail({ client, streams, flags, name, signal: interruption.signal }));
    });
}

async function tail(options: {
  readonly client: Client;
  readonly streams: Streams;
  readonly flags: Flags;
  readonly name: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { client, streams, flags, name, signal } = options;
  const { worker, ttl } = flags;
  const feed = client.feed(name, {
    signal,
    ...(worker !== undefined && { worker }),
    ...(ttl !== undefined && { ttlSeconds: ttl }),
  });
  for await (const batch of feed) {
    await writeBatch(streams, flags, batch);
    if (flags.ack) await batch.ack();
  }
}
