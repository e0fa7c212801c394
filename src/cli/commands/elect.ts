import type { Command } from 'commander';
import { RaftKvError } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { Interruption } from '../process/interruption.js';
import { CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { argumentBytes, wholeNumber } from '../parsing/arguments.js';
import { writeKey, writeTurn } from '../output/turn-output.js';

interface ElectFlags extends ClientFlags {
  readonly listen?: boolean;
  readonly ttl: number;
}

export function electCommand(streams: Streams): Command {
  return new Subcommand('elect')
    .description('campaign in an election and lead until Ctrl-C, or follow its leaders')
    .argument('<name>', 'name of the election')
    .argument('[value]', 'value that the leader proclaims')
    .option('-l, --listen', 'print the leader, and print again whenever it or its value changes')
    .option('--ttl <seconds>', 'time after which a dead leader is replaced', wholeNumber(1), 10)
    .example('raftkv elect scheduler "$(hostname)"')
    .example('raftkv elect scheduler --listen')
    .action(async (name: string, value: string | undefined, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ElectFlags>();
      if (flags.listen === true && value !== undefined) throw new CommandError('--listen takes no value');
      if (flags.listen !== true && value === undefined) {
        throw new CommandError('expected a value, or --listen to follow the election');
      }
      if (value === undefined) await listen(streams, flags, name);
      else await campaign(streams, flags, { name, value });
    });
}

async function campaign(
  streams: Streams,
  flags: ElectFlags,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> {
  const interruption = new Interruption(streams);
  await using client = await makeClient(flags, streams);
  const candidacy = client.campaign(name, argumentBytes(value, flags.hexInput), {
    ttlSeconds: flags.ttl,
    signal: interruption.signal,
  });
  await using leadership = await interruption.before(candidacy, 'the election was won');
  await writeTurn(streams, { client, flags, turn: leadership });
  await interruption.orLoss(leadership);
  await leadership.resign();
}

async function listen(streams: Streams, flags: ElectFlags, name: string): Promise<void> {
  const { signal } = new Interruption(streams);
  await using client = await makeClient(flags, streams);
  try {
    for await (const observation of client.observe(name, { signal })) await writeKey(streams, flags, observation);
  } catch (error) {
    if (!signal.aborted || !(error instanceof RaftKvError) || error.code !== 'cancelled') throw error;
  }
}
