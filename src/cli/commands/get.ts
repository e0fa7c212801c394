import type { Command } from 'commander';
import type { Bytes, Client, RangeOptions, RangeResult, RangeSelector } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { headerFields, rangeFields } from '../output/fields.js';
import { addGetFlags, printedParts, rangeOptions } from './get/flags.js';
import type { GetFlags } from './get/flags.js';
import { rangeJson } from '../output/json.js';
import { keyValueLines } from '../output/lines.js';
import { writeOutput } from '../output/output.js';
import { isOneKey, select } from '../parsing/selection.js';
import { CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { keyValueTable } from '../output/table.js';
import { parseDuration, wholeNumber } from '../parsing/arguments.js';

interface Flags extends ClientFlags, GetFlags {
  readonly maxStaleness?: number;
  readonly atLeastRev?: number;
}

export function getCommand(streams: Streams): Command {
  const command = new Subcommand('get')
    .description('read a key or a range of keys')
    .argument('<key>', 'key, or first key of the range')
    .argument('[range_end]', 'end of the range (exclusive)');
  return addGetFlags(command)
    .option('--max-staleness <duration>', 'with --consistency stale: maximum age of the answer', parseDuration)
    .option('--at-least-rev <revision>', 'wait until the member has applied this revision', wholeNumber(1))
    .example('raftkv get hello')
    .example('raftkv get config/ --prefix --keys-only', 'the keys below config/')
    .example('raftkv get hello --rev 7 -w json', 'the key as of revision 7')
    .action(async (key: string, rangeEnd: string | undefined, _own: unknown, self: Command) => {
      await get(streams, { key, rangeEnd, flags: self.optsWithGlobals<Flags>() });
    });
}

interface GetArguments {
  readonly key: string;
  readonly rangeEnd: string | undefined;
  readonly flags: Flags;
}

async function get(streams: Streams, { key, rangeEnd, flags }: GetArguments): Promise<void> {
  checkFlags(flags);
  const selection = select(key, rangeEnd, flags);
  await using client = await makeClient(flags, streams);
  const result = await read(client, selection, {
    ...rangeOptions(flags),
    consistency: flags.consistency,
    ...(flags.maxStaleness === undefined ? {} : { maxStalenessMs: flags.maxStaleness }),
    ...(flags.atLeastRev === undefined ? {} : { atLeastRevision: flags.atLeastRev }),
  });
  await writeOutput(streams, flags.writeOut, {
    simple: () => simple(result, flags),
    json: () => rangeJson(result),
    fields: () => [...headerFields(result.header), ...rangeFields(result)],
    table: () => (flags.countOnly === true ? `${result.count}\n` : keyValueTable(result.kvs, flags.hex)),
  });
}

function checkFlags(flags: Flags): void {
  if (flags.keysOnly === true && flags.printValueOnly === true) {
    throw new CommandError('--keys-only and --print-value-only cannot be combined');
  }
  if (flags.maxStaleness !== undefined && flags.consistency !== 'stale') {
    throw new CommandError('--max-staleness needs --consistency stale');
  }
}

async function read(client: Client, selection: Bytes | RangeSelector, options: RangeOptions): Promise<RangeResult> {
  if (!isOneKey(selection)) return await client.range(selection, options);
  if (options.countOnly === true) return await client.range(oneKeyRange(selection), options);
  const { kv, header } = await client.get(selection, options);
  const found = kv === undefined ? [] : [kv];
  return { kvs: found, count: found.length, more: false, header };
}

/** A range that holds one key, for options that only ranges take. */
export function oneKeyRange(key: Bytes): RangeSelector {
  const from = Buffer.from(key);
  return { from, to: Buffer.concat([from, Buffer.of(0)]) };
}

function simple(result: RangeResult, flags: Flags): string | Uint8Array {
  const parts = printedParts(flags);
  return parts === 'count' ? `${result.count}\n` : keyValueLines(result.kvs, { hex: flags.hex, parts });
}
