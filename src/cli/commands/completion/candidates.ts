import type { Command, Option } from 'commander';
import { clientOptions } from '../../parsing/client-options.js';
import type { CommandEntry } from '../../parsing/command-entry.js';
import type { Streams } from '../../process/streams.js';
import { valuesOfArgument, valuesOfOption } from './values.js';
import type { Source } from './values.js';
import type { Candidate, Candidates } from './candidate.js';

export interface CandidatesOptions {
  /** The words after the program's name. The last one is being completed, and may be empty. */
  readonly words: readonly string[];
  readonly streams: Streams;
  /** The commands of the program. */
  readonly commands: readonly CommandEntry[];
}

/** The candidates for the last word. */
export async function candidates({ words, streams, commands }: CandidatesOptions): Promise<Candidates> {
  const current = words.at(-1) ?? '';
  const place = await findPlace(words.slice(0, -1), { streams, commands });
  const source: Source = { words, streams, path: place.path, current };
  const found = await offered(place, source, commands);
  return found === 'files' ? found : found.filter(({ text }) => text.startsWith(current));
}

/** The position of the last word on the command line. */
interface Place {
  /** The command and its subcommands by name; empty before the command's name. */
  readonly path: readonly string[];
  readonly command: Command | undefined;
  readonly options: readonly Option[];
  /** The option whose value the last word is. */
  readonly valueOf: Option | undefined;
  /** Number of arguments before the last word. */
  readonly argumentsBefore: number;
  /** After `--`, where words are arguments even with a dash in front. */
  readonly afterSeparator: boolean;
}

async function findPlace(before: readonly string[], program: Omit<CandidatesOptions, 'words'>): Promise<Place> {
  const path: string[] = [];
  let command: Command | undefined;
  let options = clientOptions();
  let valueOf: Option | undefined;
  let argumentsBefore = 0;
  let afterSeparator = false;
  for (const word of before) {
    if (valueOf !== undefined) {
      valueOf = undefined;
    } else if (afterSeparator) {
      argumentsBefore++;
    } else if (word === '--') {
      afterSeparator = true;
    } else if (word.startsWith('-')) {
      const option = options.find(({ long, short }) => long === word || short === word);
      valueOf = option?.required === true ? option : undefined;
    } else {
      const inner = await subcommand(command, { word, ...program });
      if (inner === undefined) {
        argumentsBefore++;
        continue;
      }
      path.push(word);
      ({ command } = inner);
      options = [...command.options, ...(inner.client ? clientOptions() : [])];
    }
  }
  return { path, command, options, valueOf, argumentsBefore, afterSeparator };
}

async function subcommand(
  parent: Command | undefined,
  { word, streams, commands }: { readonly word: string } & Omit<CandidatesOptions, 'words'>,
): Promise<{ readonly command: Command; readonly client: boolean } | undefined> {
  if (parent !== undefined) {
    const command = parent.commands.find((each) => each.name() === word);
    return command === undefined ? undefined : { command, client: true };
  }
  const entry = commands.find(({ name }) => name === word);
  return entry === undefined ? undefined : { command: await entry.load(streams, []), client: entry.client };
}

/** All candidates at a place, not yet limited to those that begin with the current word. */
async function offered(place: Place, source: Source, commands: readonly CommandEntry[]): Promise<Candidates> {
  const { command, options, valueOf, argumentsBefore, afterSeparator } = place;
  const { current } = source;
  if (valueOf !== undefined) return await valuesOfOption(valueOf, source);
  if (current.startsWith('-') && !afterSeparator) {
    const [name, value] = splitAtEquals(current);
    if (value === undefined) return flagsOf(options);
    const option = options.find(({ long }) => long === name);
    if (option === undefined) return [];
    const values = await valuesOfOption(option, { ...source, current: value });
    return values === 'files' ? values : values.map(({ text, note }) => ({ text: `${name}=${text}`, note }));
  }
  if (command === undefined) return commands.map(({ name, group }) => ({ text: name, note: group }));
  const inner = command.commands.filter((each) => !isHidden(each));
  if (inner.length > 0) return inner.map((each) => ({ text: each.name(), note: each.description() }));
  const declared = command.registeredArguments;
  const argument = declared[argumentsBefore] ?? (declared.at(-1)?.variadic === true ? declared.at(-1) : undefined);
  return argument === undefined || afterSeparator ? [] : await valuesOfArgument(argument, source);
}

function splitAtEquals(word: string): readonly [name: string, value: string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function flagsOf(options: readonly Option[]): readonly Candidate[] {
  const shown = options.filter(({ hidden, long }) => !hidden && typeof long === 'string');
  return [...shown.map(({ long, description }) => ({ text: String(long), note: description })), { text: '--help' }];
}

/** By name: commander has no public property for whether a command is hidden. */
function isHidden(command: Command): boolean {
  return command.name() === 'candidates';
}
