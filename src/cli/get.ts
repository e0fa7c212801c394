import { Command, InvalidArgumentError, Option } from 'commander';
import type {
  Bytes,
  Client,
  RangeOptions,
  RangeResult,
  RangeSelector,
  SortOrder,
  SortTarget,
} from '../client/index.js';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { rangeJson } from './json.js';
import { simpleLines } from './print.js';
import { isOneKey, select } from './selection.js';
import { CommandError, write } from './streams.js';
import type { Streams } from './streams.js';
import { keyValueTable } from './table.js';
import { parseDuration, toJson, wholeNumber } from './text.js';

const SORT_TARGETS = { KEY: 'key', VERSION: 'version', CREATE: 'create', MODIFY: 'mod', VALUE: 'value' } as const;
const SORT_ORDERS = { ASCEND: 'ascend', DESCEND: 'descend' } as const;

interface GetFlags extends ClientFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly limit: number;
  readonly rev: number;
  readonly sortBy?: SortTarget;
  readonly order?: SortOrder;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly printValueOnly?: boolean;
  readonly maxStaleness?: number;
  readonly atLeastRev?: number;
}

export function getCommand(streams: Streams): Command {
  return new Command('get')
    .description('read a key, or a range of keys')
    .argument('<key>')
    .argument('[range_end]', 'read the keys from KEY up to this one, without it')
    .option('--prefix', 'read the keys that begin with KEY')
    .option('--from-key', 'read the keys from KEY on')
    .option('--limit <count>', 'most keys to print; 0 is all', wholeNumber(0), 0)
    .option('--rev <revision>', 'read as of this revision', wholeNumber(0), 0)
    .addOption(
      new Option('--sort-by <what>', `order of the keys: ${Object.keys(SORT_TARGETS).join(', ')}`).argParser(
        choice(SORT_TARGETS),
      ),
    )
    .addOption(
      new Option('--order <order>', `its direction: ${Object.keys(SORT_ORDERS).join(', ')}`).argParser(
        choice(SORT_ORDERS),
      ),
    )
    .option('--keys-only', 'print keys without values')
    .option('--count-only', 'print how many there are')
    .option('--print-value-only', 'print values without keys')
    .option('--max-staleness <duration>', 'with --consistency stale: refuse an older answer', parseDuration)
    .option('--at-least-rev <revision>', 'wait for a member that has this revision', wholeNumber(1))
    .action(async (key: string, rangeEnd: string | undefined, _own: unknown, command: Command) => {
      await get(streams, { key, rangeEnd, flags: command.optsWithGlobals<GetFlags>() });
    });
}

interface GetArguments {
  readonly key: string;
  readonly rangeEnd: string | undefined;
  readonly flags: GetFlags;
}

async function get(streams: Streams, { key, rangeEnd, flags }: GetArguments): Promise<void> {
  if (flags.keysOnly === true && flags.printValueOnly === true) {
    throw new CommandError('--keys-only and --print-value-only exclude each other');
  }
  if (flags.maxStaleness !== undefined && flags.consistency !== 'stale') {
    throw new CommandError('--max-staleness needs --consistency stale');
  }
  const selection = select(key, rangeEnd, flags);
  await using client = makeClient(flags);
  const result = await read(client, selection, rangeOptions(flags));
  await write(streams.stdout, render(result, flags));
}

/** Everything but one key goes as a range; one key too, when its count is asked for. */
async function read(client: Client, selection: Bytes | RangeSelector, options: RangeOptions): Promise<RangeResult> {
  if (!isOneKey(selection)) return await client.range(selection, options);
  const { kv, header } = await client.get(selection, options);
  const found = kv === undefined ? [] : [kv];
  return { kvs: found, count: found.length, more: false, header };
}

function rangeOptions(flags: GetFlags): RangeOptions {
  return {
    limit: flags.limit,
    revision: flags.rev,
    keysOnly: flags.keysOnly ?? false,
    countOnly: flags.countOnly ?? false,
    consistency: flags.consistency,
    ...(flags.sortBy === undefined && flags.order === undefined
      ? {}
      : { sort: { by: flags.sortBy ?? 'key', order: flags.order ?? 'ascend' } }),
    ...(flags.maxStaleness === undefined ? {} : { maxStalenessMs: flags.maxStaleness }),
    ...(flags.atLeastRev === undefined ? {} : { atLeastRevision: flags.atLeastRev }),
  };
}

function render(result: RangeResult, flags: GetFlags): string | Uint8Array {
  if (flags.writeOut === 'json') return `${toJson(rangeJson(result))}\n`;
  if (flags.countOnly === true) return `${result.count}\n`;
  if (flags.writeOut === 'table') return keyValueTable(result.kvs, flags.hex);
  const parts = flags.keysOnly === true ? 'key' : flags.printValueOnly === true ? 'value' : 'both';
  return simpleLines(result.kvs, { hex: flags.hex, parts });
}

/** A parser that takes one of the names, in capitals or not. */
function choice<Value>(values: Readonly<Record<string, Value>>): (text: string) => Value {
  return (text) => {
    const found = Object.entries(values).find(([name]) => name === text.toUpperCase());
    if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${Object.keys(values).join(', ')}.`);
    return found[1];
  };
}
