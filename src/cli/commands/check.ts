import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { RaftKvError } from '../../client/index.js';
import type { Client } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { LoadRun, verdict, type Load } from './check/load.js';
import { askEach, endpointsToAsk } from './endpoint/each-member.js';
import { CommandError, write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { parseDuration } from '../parsing/arguments.js';

/** The workloads of etcdctl. */
const LOADS: Readonly<Record<string, Pick<Load, 'writesPerSecond' | 'clients'>>> = {
  s: { writesPerSecond: 150, clients: 50 },
  m: { writesPerSecond: 1000, clients: 200 },
  l: { writesPerSecond: 8000, clients: 500 },
  xl: { writesPerSecond: 15_000, clients: 1000 },
};
const LOAD_NAMES: Readonly<Record<string, string>> = {
  s: 's',
  small: 's',
  m: 'm',
  medium: 'm',
  l: 'l',
  large: 'l',
  xl: 'xl',
  xLarge: 'xl',
};

interface PerfFlags extends ClientFlags {
  readonly load: string;
  readonly prefix: string;
  readonly duration: number;
  readonly autoCompact?: boolean;
  readonly autoDefrag?: boolean;
}

export function checkCommand(streams: Streams): Command {
  return new Subcommand('check').description('measure the cluster').addCommand(perfCommand(streams));
}

function perfCommand(streams: Streams): Command {
  return new Subcommand('perf')
    .description('write at the rate of a workload for some time, and report whether the cluster kept up')
    .option(
      '--load <load>',
      's(mall), m(edium), l(arge) or xl: 150, 1,000, 8,000 or 15,000 writes a second',
      parseLoad,
      's',
    )
    .option(
      '--prefix <prefix>',
      'prefix of the keys, which must not exist before and are deleted afterwards',
      '/raftkv-check-perf/',
    )
    .addOption(
      new Option('--duration <duration>', 'duration of the test').argParser(parseDuration).default(60_000, '1m'),
    )
    .option('--auto-compact', 'compact afterwards')
    .option('--auto-defrag', 'defragment every member afterwards')
    .example('raftkv check perf --load m --duration 30s')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<PerfFlags>();
      await using client = await makeClient(flags, streams);
      const range = { prefix: flags.prefix };
      const { count } = await client.range(range, { limit: 1, keysOnly: true });
      if (count > 0) {
        throw new CommandError(`keys exist under ${flags.prefix}: delete them first, or choose another --prefix`);
      }
      const { writesPerSecond, clients } = LOADS[flags.load] ?? { writesPerSecond: 150, clients: 50 };
      const run = new LoadRun({
        writesPerSecond,
        clients,
        durationMs: flags.duration,
        write: async () => {
          // As in etcdctl: short random keys, values of 1 KiB.
          await client.put(Buffer.concat([Buffer.from(flags.prefix), randomBytes(8)]), VALUE);
        },
        isFailure: (error) => error instanceof RaftKvError,
      });
      const measured = await run.run();
      const { revision } = (await client.delete(range)).header;
      await compactAndDefragment(client, { command, revision, flags });
      const { lines, passed } = verdict(measured, writesPerSecond);
      await write(streams.stdout, `${lines.join('\n')}\n`);
      if (!passed) throw new CommandError('the cluster did not keep up with the workload');
    });
}

const VALUE = Buffer.alloc(1024, 'v');

async function compactAndDefragment(
  client: Client,
  { command, revision, flags }: { command: Command; revision: number; flags: PerfFlags },
): Promise<void> {
  if (flags.autoCompact === true) await client.compact(revision, { physical: true, timeoutMs: 600_000 });
  if (flags.autoDefrag !== true) return;
  const endpoints = await endpointsToAsk(command, client);
  for await (const done of askEach(endpoints, (endpoint) => client.defragment(endpoint, { timeoutMs: 600_000 }))) {
    if ('error' in done) throw new CommandError(`defragmenting ${done.endpoint} failed: ${done.error}`);
  }
}

function parseLoad(text: string): string {
  const load = LOAD_NAMES[text];
  if (load === undefined) throw new InvalidArgumentError('Allowed choices are s, m, l, xl.');
  return load;
}
