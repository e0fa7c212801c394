import { Option } from 'commander';
import type { Command } from 'commander';
import type { Client, IndexPage, IndexQueryOptions, IndexSelector } from '../../../client/index.js';
import { defined } from '../../../util/assert.js';
import { field, headerFields, keyValueFields } from '../../output/fields.js';
import { headerJson, keyValueJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import { cell, renderTable } from '../../output/table.js';
import { toHex } from '../../output/text.js';
import { choice, parseDuration, wholeNumber } from '../../parsing/arguments.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { CommandError, write } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { valueJson, valueText } from './output.js';
import { parseIndexValue } from './values.js';

const ORDERS = { ASCEND: 'ascend', DESCEND: 'descend' } as const;

interface QueryFlags extends ClientFlags {
  readonly from?: string;
  readonly to?: string;
  readonly excludeFrom?: boolean;
  readonly includeTo?: boolean;
  readonly prefixValue?: string;
  readonly order?: 'ascend' | 'descend';
  readonly limit: number;
  readonly rev: number;
  readonly keysOnly?: boolean;
  readonly maxStaleness?: number;
  readonly atLeastRev?: number;
}

export function queryCommand(streams: Streams): Command {
  return new Subcommand('query')
    .description('print the keys that have a value, or values of a range, in the order of the values')
    .argument('<index>', 'name of the index')
    .argument('[value]', 'value to find (default: all values)')
    .option('--from <value>', 'first value')
    .option('--to <value>', 'end of the values (exclusive)')
    .option('--exclude-from', 'begin behind the value of --from')
    .option('--include-to', 'end with the value of --to')
    .option('--prefix-value <prefix>', 'find the values that begin with this prefix')
    .addOption(
      new Option('--order <order>', `order of the values: ${Object.keys(ORDERS).join(', ')}`).argParser(choice(ORDERS)),
    )
    .option('--limit <count>', 'maximum number of entries; 0 for all', wholeNumber(0), 0)
    .option('--rev <revision>', 'read as of this revision; 0 for the newest', wholeNumber(0), 0)
    .option('--keys-only', 'print keys without values')
    .option('--max-staleness <duration>', 'with --consistency stale: maximum age of the answer', parseDuration)
    .option('--at-least-rev <revision>', 'wait until the member has applied this revision', wholeNumber(1))
    .notes(
      'A large answer comes in pages of one revision. With -w json and -w fields, each page is an object or block of its own.',
    )
    .example('raftkv index query by-email alice@example.org')
    .example('raftkv index query by-age --from 18 --to 65 --limit 10 -w table')
    .action(async (name: string, value: string | undefined, _own: unknown, command: Command) => {
      await query(streams, { name, value, flags: command.optsWithGlobals<QueryFlags>() });
    });
}

interface QueryArguments {
  readonly name: string;
  readonly value: string | undefined;
  readonly flags: QueryFlags;
}

async function query(streams: Streams, { name, value, flags }: QueryArguments): Promise<void> {
  checkFlags(value, flags);
  await using client = await makeClient(flags, streams);
  const selector = await selectorOf(client, { name, value, flags });
  const pages = client.index(name).pages(selector, optionsOf(flags));
  if (flags.writeOut === 'table') return await writeTable(streams, pages, flags);
  for await (const page of pages) await writePage(streams, page, flags);
}

/** @throws CommandError if flags contradict each other */
function checkFlags(value: string | undefined, flags: QueryFlags): void {
  const isRange = flags.from !== undefined || flags.to !== undefined;
  const forms = [value !== undefined, flags.prefixValue !== undefined, isRange].filter(Boolean).length;
  if (forms > 1) throw new CommandError('a value, --prefix-value, and --from with --to cannot be combined');
  if (flags.excludeFrom === true && flags.from === undefined) throw new CommandError('--exclude-from needs --from');
  if (flags.includeTo === true && flags.to === undefined) throw new CommandError('--include-to needs --to');
  if (flags.maxStaleness !== undefined && flags.consistency !== 'stale') {
    throw new CommandError('--max-staleness needs --consistency stale');
  }
}

/** The type of the index says how to read the values. */
async function selectorOf(client: Client, { name, value, flags }: QueryArguments): Promise<IndexSelector> {
  const { from, to, prefixValue, hexInput } = flags;
  if ([value, from, to, prefixValue].every((text) => text === undefined)) return { all: true };
  const { type } = (await client.index(name).status()).index;
  const parse = (text: string) => parseIndexValue(text, type, hexInput);
  if (value !== undefined) return { equal: parse(value) };
  if (prefixValue !== undefined) return { prefix: parse(prefixValue) };
  return {
    ...(from === undefined ? {} : { from: parse(from) }),
    ...(to === undefined ? {} : { to: parse(to) }),
    excludeFrom: flags.excludeFrom ?? false,
    includeTo: flags.includeTo ?? false,
  };
}

function optionsOf(flags: QueryFlags): IndexQueryOptions {
  return {
    order: flags.order ?? 'ascend',
    limit: flags.limit,
    revision: flags.rev,
    keysOnly: flags.keysOnly ?? false,
    ...(flags.maxStaleness === undefined ? {} : { maxStalenessMs: flags.maxStaleness }),
    ...(flags.atLeastRev === undefined ? {} : { atLeastRevision: flags.atLeastRev }),
  };
}

async function writePage(streams: Streams, page: IndexPage, { writeOut, hex }: QueryFlags): Promise<void> {
  const { header, entries, revision, nextPage } = page;
  await writeOutput(streams, writeOut, {
    simple: () => linesOf(page, hex),
    json: () => ({
      header: headerJson(header),
      entries: entries.map(({ value, key, kv }) => ({
        value: valueJson(value),
        key: key.toString('base64'),
        kv: kv === undefined ? undefined : keyValueJson(kv),
      })),
      revision,
      more: nextPage === undefined ? undefined : true,
    }),
    fields: () => [
      ...headerFields(header),
      ...entries.flatMap(({ value, key, kv }) => [
        field('IndexValue', defined(value, 'value of an entry')),
        ...(kv === undefined ? [field('Key', key)] : keyValueFields(kv)),
      ]),
      field('QueryRevision', revision),
    ],
  });
}

/** Keys and values in lines, as get prints them. */
function linesOf({ entries }: IndexPage, hex: boolean): Buffer {
  const shown = (bytes: Buffer): Buffer => Buffer.concat([hex ? Buffer.from(toHex(bytes)) : bytes, Buffer.from('\n')]);
  return Buffer.concat(entries.flatMap(({ key, kv }) => [shown(key), ...(kv === undefined ? [] : [shown(kv.value)])]));
}

async function writeTable(streams: Streams, pages: AsyncIterable<IndexPage>, { hex }: QueryFlags): Promise<void> {
  const rows: string[][] = [];
  for await (const { entries } of pages) {
    for (const { value, key, kv } of entries) {
      rows.push([valueText(value, hex), cell(key, hex), ...(kv === undefined ? [] : [cell(kv.value, hex)])]);
    }
  }
  const head = ['INDEX VALUE', 'KEY', 'VALUE'].slice(0, rows[0]?.length ?? 3);
  await write(streams.stdout, renderTable(head, rows));
}
