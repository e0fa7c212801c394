import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Client, HotKey, HotKeys } from '../../client/index.js';
import { field, headerFields } from '../output/fields.js';
import { headerJson } from '../output/json.js';
import { writeOutput } from '../output/output.js';
import { cell, renderTable } from '../output/table.js';
import { wholeNumber } from '../parsing/arguments.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { Subcommand } from '../parsing/subcommand.js';
import { Interruption } from '../process/interruption.js';
import { write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { askMember, CLUSTER_FLAG, endpointsToAsk, failIfAny, type MemberAnswer } from './endpoint/each-member.js';
import { merged, type MemberHot, type MergedKey } from './hot/merged.js';

interface HotFlags extends ClientFlags {
  readonly limit: number;
  readonly watch?: boolean;
  readonly interval: number;
}

type Answer = MemberAnswer<MemberHot['answer']>;

/** Clears the terminal and moves the cursor to its beginning (ECMA-48). */
const CLEAR_SCREEN = '\u001b[2J\u001b[H';
const HEAD = ['OP', 'KEY', 'PER SECOND', 'ERROR', 'SHARE', 'MEMBER', 'PER SECOND THERE'];

export function hotCommand(streams: Streams): Command {
  return new Subcommand('hot')
    .description('print the keys that are read and written most')
    .option('--limit <keys>', 'largest number of keys of each kind', wholeNumber(1, 10_000), 10)
    .option('--watch', 'print them again and again, until interrupted')
    .option('--interval <seconds>', 'time between two prints with --watch', wholeNumber(1, 86_400), 2)
    .option(...CLUSTER_FLAG)
    .notes(
      'Rates are averages over about a minute, since the start of a member at most. A rate is too high by ERROR at most.\n' +
        'Members count the calls that they answer; -w json and -w fields show the answer of each.',
    )
    .example('raftkv hot --limit 3 -w table')
    .example('raftkv hot --watch -w table')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<HotFlags>();
      await using client = await makeClient(flags, streams);
      const endpoints = await endpointsToAsk(command, client);
      const round: Round = { client, streams, flags, endpoints };
      if (flags.watch !== true) return failIfAny(await print(round), { reason: true });
      const interruption = new Interruption(streams);
      await interruption.orExit(printAgain({ ...round, signal: interruption.signal }));
    });
}

interface Round {
  readonly client: Client;
  readonly streams: Streams;
  readonly flags: HotFlags;
  readonly endpoints: readonly string[];
  /** Ends the calls. */
  readonly signal?: AbortSignal;
}

/** Asks the members once, and prints their answers. */
async function print({ client, streams, flags, endpoints, signal }: Round, before = ''): Promise<readonly Answer[]> {
  const { limit, hex, writeOut } = flags;
  const answers = await Promise.all(
    endpoints.map((endpoint) =>
      askMember(endpoint, (at) => client.hotKeys(at, { limit, ...(signal !== undefined && { signal }) })),
    ),
  );
  const members = answers.filter((each): each is MemberHot => 'answer' in each);
  const rows = (): readonly (readonly string[])[] =>
    [...merged(members, 'read', limit), ...merged(members, 'write', limit)].map((key) => cells(key, hex));
  if (before !== '') await write(streams.stdout, before);
  await writeOutput(streams, writeOut, {
    simple: () =>
      rows()
        .map((row) => `${row.join(', ')}\n`)
        .join(''),
    json: () => answers.map(toObject),
    fields: () => answers.flatMap(toFields),
    table: () => renderTable(HEAD, rows()),
  });
  return answers;
}

/**
 * Prints until the signal: on a terminal in place of what was printed before, and otherwise one block after the other, apart from
 * JSON and fields with an empty line in between. A member that does not answer is no reason to end.
 */
async function printAgain(round: Round & Required<Pick<Round, 'signal'>>): Promise<void> {
  const { streams, flags, signal } = round;
  const isBlock = flags.writeOut === 'simple' || flags.writeOut === 'table';
  for (let times = 0; !signal.aborted; times++) {
    const before = streams.stdout.isTTY === true ? CLEAR_SCREEN : times > 0 && isBlock ? '\n' : '';
    const answers = await print(round, before);
    if (signal.aborted) return;
    for (const answer of answers) {
      if ('error' in answer) await write(streams.stderr, `${answer.endpoint}: ${answer.error}\n`);
    }
    await pause(flags.interval * 1_000, signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
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
