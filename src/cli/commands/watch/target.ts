import type { Command } from 'commander';
import type { WatchOptions } from '../../../client/index.js';
import { isOneKey, select } from '../../parsing/selection.js';
import { CommandError } from '../../process/streams.js';
import { wholeNumber } from '../../parsing/arguments.js';

export interface WatchFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly rev: number;
  readonly prevKv?: boolean;
  readonly progressNotify?: boolean;
}

/** Adds the flags of a watch, on the command line and on a line of the interactive mode. */
export function addWatchFlags<C extends Command>(command: C): C {
  return command
    .option('--prefix', 'watch the keys that begin with KEY')
    .option('--from-key', 'watch the keys from KEY on')
    .option('--rev <revision>', 'first revision to print; 0 for from now on', wholeNumber(0), 0)
    .option('--prev-kv', 'also print the previous key and value')
    .option('--progress-notify', 'print the progress of the watch from time to time while nothing changes');
}

/** Separates the command to run for each event from the words before `--`. @throws CommandError if nothing follows it */
export function splitCommand(line: readonly string[]): {
  readonly words: readonly string[];
  readonly command: readonly string[];
} {
  const separator = line.indexOf('--');
  if (separator < 0) return { words: line, command: [] };
  const command = line.slice(separator + 1);
  if (command.length === 0) throw new CommandError('the command after -- is missing');
  return { words: line.slice(0, separator), command };
}

/** The environment, in which etcdctl also looks for the key. */
export type WatchEnvironment = Readonly<Record<string, string | undefined>>;

/** @throws CommandError if words, flags and environment do not select keys */
export function parseTarget({
  words,
  flags,
  environment,
}: {
  readonly words: readonly string[];
  readonly flags: WatchFlags & { readonly hexInput: boolean };
  readonly environment: WatchEnvironment;
}): WatchOptions {
  const [key, rangeEnd] = wordsOrEnvironment(words, environment);
  const selection = select(key, rangeEnd, flags);
  return {
    ...(isOneKey(selection) ? { key: selection } : selection),
    startRevision: flags.rev,
    prevKv: flags.prevKv ?? false,
    progressNotify: flags.progressNotify ?? false,
  };
}

function wordsOrEnvironment(
  words: readonly string[],
  environment: WatchEnvironment,
): readonly [key: string, rangeEnd: string | undefined] {
  const [key, rangeEnd, surplus] = words;
  const [keySet, endSet] = [environment['ETCDCTL_WATCH_KEY'], environment['ETCDCTL_WATCH_RANGE_END']];
  if (!keySet && endSet) throw new CommandError('ETCDCTL_WATCH_RANGE_END is set, but ETCDCTL_WATCH_KEY is not');
  if (surplus !== undefined) throw new CommandError(`unexpected argument "${surplus}": expected KEY [RANGE_END]`);
  if (key !== undefined) {
    if (keySet) throw new CommandError('the key is given twice: on the command line and in ETCDCTL_WATCH_KEY');
    return [key, rangeEnd];
  }
  if (!keySet) throw new CommandError('the key to watch is missing');
  return [keySet, endSet === '' ? undefined : endSet];
}
