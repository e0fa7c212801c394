import type { Command } from 'commander';
import type { HotKey, HotKeys } from '../../client/index.js';
import { field, headerFields } from '../output/fields.js';
import { headerJson } from '../output/json.js';
import { writeOutput } from '../output/output.js';
import { cell, renderTable } from '../output/table.js';
import { wholeNumber } from '../parsing/arguments.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { Subcommand } from '../parsing/subcommand.js';
import type { Streams } from '../process/streams.js';
import { askMember, CLUSTER_FLAG, endpointsToAsk, failIfAny, type MemberAnswer } from './endpoint/each-member.js';
import { merged, type MemberHot, type MergedKey } from './hot/merged.js';

interface HotFlags extends ClientFlags {
  readonly limit: number;
}

type Answer = MemberAnswer<MemberHot['answer']>;

const HEAD = ['OP', 'KEY', 'PER SECOND', 'ERROR', 'SHARE', 'MEMBER', 'PER SECOND THERE'];

export function hotCommand(streams: Streams): Command {
  return new Subcommand('hot')
    .description('print the keys that are read and written most')
    .option('--limit <keys>', 'largest number of keys of each kind', wholeNumber(1, 10_000), 10)
    .option(...CLUSTER_FLAG)
    .addHelpText(
      'after',
      '\nRates are averages over about a minute, since the start of a member at most. A rate is too high by ERROR at most.\n' +
        'Members count the calls that they answer; -w json and -w fields show the answer of each.',
    )
    .example('raftkv hot --limit 3 -w table')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<HotFlags>();
      await using client = await makeClient(flags, streams);
      const { limit, hex } = flags;
      const endpoints = await endpointsToAsk(command, client);
      const answers = await Promise.all(
        endpoints.map((endpoint) => askMember(endpoint, (at) => client.hotKeys(at, { limit }))),
      );
      const members = answers.filter((each): each is MemberHot => 'answer' in each);
      const rows = (): readonly (readonly string[])[] =>
        [...merged(members, 'read', limit), ...merged(members, 'write', limit)].map((key) => cells(key, hex));
      await writeOutput(streams, flags.writeOut, {
        simple: () =>
          rows()
            .map((row) => `${row.join(', ')}\n`)
            .join(''),
        json: () => answers.map(toObject),
        fields: () => answers.flatMap(toFields),
        table: () => renderTable(HEAD, rows()),
      });
      failIfAny(answers);
    });
}

function cells(merge: MergedKey, hex: boolean): readonly string[] {
  const { op, hot, perSecond, errorPerSecond, share, endpoint, perSecondThere } = merge;
  return [
    op,
    label(hot, hex),
    rate(perSecond),
    rate(errorPerSecond),
    `${(100 * share).toFixed(1)}%`,
    endpoint,
    rate(perSecondThere),
  ];
}

/** A key, or a range as its start and its exclusive end. */
function label({ key, keyBytes, rangeEnd, rangeEndBytes }: HotKey, hex: boolean): string {
  const start = part(key, keyBytes, hex);
  if (rangeEndBytes === 0) return start;
  const isOpen = rangeEndBytes === 1 && rangeEnd[0] === 0;
  return isOpen ? `[${start}, )` : `[${start}, ${part(rangeEnd, rangeEndBytes, hex)})`;
}

function part(bytes: Buffer, length: number, hex: boolean): string {
  const text = cell(bytes, hex);
  return length > bytes.length ? `${text}… (${length} bytes)` : text;
}

function rate(perSecond: number): string {
  return perSecond.toFixed(perSecond < 10 ? 2 : 0);
}

function toFields(of: Answer): readonly string[] {
  if ('error' in of) return [field('Endpoint', of.endpoint), field('Error', of.error), ''];
  const { header, reads, writes, capacity } = of.answer;
  const lines = (op: string, { keys, perSecond }: HotKeys): readonly string[] => [
    field(`${op}PerSecond`, perSecond),
    ...keys.flatMap((hot) => [
      field(`${op}Key`, hot.key),
      field(`${op}KeyBytes`, hot.keyBytes),
      field(`${op}RangeEnd`, hot.rangeEnd),
      field(`${op}RangeEndBytes`, hot.rangeEndBytes),
      field(`${op}KeyPerSecond`, hot.perSecond),
      field(`${op}KeyErrorPerSecond`, hot.errorPerSecond),
    ]),
  ];
  return [
    ...headerFields(header),
    field('Endpoint', of.endpoint),
    field('Capacity', capacity),
    ...lines('Read', reads),
    ...lines('Write', writes),
    '',
  ];
}

function toObject(of: Answer): object {
  if ('error' in of) return { Endpoint: of.endpoint, Error: of.error };
  const { header, reads, writes, capacity } = of.answer;
  const kind = ({ keys, perSecond }: HotKeys): object => ({
    per_second: perSecond,
    keys: keys.map((hot) => ({
      key: hot.key.toString('base64'),
      key_bytes: hot.keyBytes,
      range_end: hot.rangeEndBytes === 0 ? undefined : hot.rangeEnd.toString('base64'),
      range_end_bytes: hot.rangeEndBytes === 0 ? undefined : hot.rangeEndBytes,
      per_second: hot.perSecond,
      error_per_second: hot.errorPerSecond,
    })),
  });
  return {
    Endpoint: of.endpoint,
    Hot: { header: headerJson(header), capacity, reads: kind(reads), writes: kind(writes) },
  };
}
