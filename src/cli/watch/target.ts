import type { Command } from 'commander';
import type { WatchOptions } from '../../client/index.js';
import { isOneKey, select } from '../selection.js';
import { CommandError } from '../streams.js';
import { wholeNumber } from '../text.js';

export interface WatchFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly rev: number;
  readonly prevKv?: boolean;
  readonly progressNotify?: boolean;
}

/** What a watch takes on the command line, and on a line of the interactive mode. */
export function addWatchFlags(command: Command): Command {
  return command
    .option('--prefix', 'watch the keys that begin with KEY')
    .option('--from-key', 'watch the keys from KEY on')
    .option('--rev <revision>', 'begin with this revision; 0 is from now on', wholeNumber(0), 0)
    .option('--prev-kv', 'print what was there before, too')
    .option('--progress-notify', 'print now and then how far the watch is, where nothing happens');
}

/** What etcdctl takes from the environment where the command line names no key. */
export type WatchEnvironment = Readonly<Record<string, string | undefined>>;

/** @throws CommandError where the words and flags do not say what to watch */
export function parseTarget({
  words,
  flags,
  environment,
}: {
  readonly words: readonly string[];
  readonly flags: WatchFlags & { readonly hex: boolean };
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
  if (surplus !== undefined) throw new CommandError(`"${surplus}" is one argument too many: KEY [RANGE_END] are taken`);
  if (key !== undefined) {
    if (keySet) throw new CommandError('the key is named on the command line, and by ETCDCTL_WATCH_KEY');
    return [key, rangeEnd];
  }
  if (!keySet) throw new CommandError('the key to watch is missing');
  return [keySet, endSet === '' ? undefined : endSet];
}
