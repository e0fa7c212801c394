import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { Client } from '../client/index.js';
import type { Consistency } from '../client/index.js';
import { parseDuration } from './text.js';

/**
 * The ports of the local cluster that `make cluster` runs. A lone server has the first one. Members that are down cost
 * nothing but a refused connection.
 */
const LOCAL_CLUSTER = '127.0.0.1:2379,127.0.0.1:22379,127.0.0.1:32379';

export type OutputFormat = 'simple' | 'json' | 'table';

/** What every command that talks to a cluster takes. */
export interface ClientFlags {
  readonly endpoints: string;
  readonly consistency: Consistency;
  readonly writeOut: OutputFormat;
  readonly timeout: number;
  readonly hex: boolean;
}

/** Puts the flags on the program, so that they may stand before and after the command's name. */
export function addClientFlags(program: Command): void {
  program
    .addOption(
      new Option('--endpoints <list>', 'members of the cluster, separated by commas')
        .env('RAFTKV_ENDPOINTS')
        .default(LOCAL_CLUSTER, 'the ports of the local cluster: 127.0.0.1:2379, :22379, :32379'),
    )
    .addOption(
      new Option('--consistency <level>', "of reads: default, consistent or stale (etcdctl's l and s too)")
        .argParser(parseConsistency)
        .default('default'),
    )
    .addOption(new Option('-w, --write-out <format>', 'output').choices(['simple', 'json', 'table']).default('simple'))
    .addOption(
      new Option('--timeout <duration>', 'of one call, as in 500ms or 5s').argParser(parseDuration).default(5000, '5s'),
    )
    .option('--hex', 'print keys and values as hex, and read them so from the command line')
    // Set apart from the option, whose help would show it.
    .setOptionValueWithSource('hex', false, 'default');
}

/** Whether the user named the endpoints, on the command line or in the environment. */
export function endpointsGiven(command: Command): boolean {
  return command.getOptionValueSourceWithGlobals('endpoints') !== 'default';
}

export function makeClient(flags: ClientFlags): Client {
  return new Client({
    endpoints: flags.endpoints.split(','),
    consistency: flags.consistency,
    timeoutMs: flags.timeout,
    // Somebody is waiting: where nothing listens, say so soon.
    unreachableMs: Math.min(flags.timeout, 500),
  });
}

function parseConsistency(text: string): Consistency {
  switch (text) {
    case 'default':
    case 'consistent':
    case 'stale':
      return text;
    case 'l':
      return 'consistent';
    case 's':
      return 'stale';
    default:
      throw new InvalidArgumentError('Allowed choices are default, consistent, stale.');
  }
}
