import { createInterface } from 'node:readline';
import { CommanderError } from 'commander';
import { RaftKvError } from '../../../client/index.js';
import type { Client, Watch } from '../../../client/index.js';
import { onAbort } from '../../../util/abort.js';
import { Interruption } from '../../process/interruption.js';
import type { OutputFormat } from '../../output/output.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { FlagCommand } from '../../parsing/flag-command.js';
import { wordsOf } from '../../parsing/words.js';
import { follow } from './follow.js';
import { addWatchFlags, parseTarget, splitCommand } from './target.js';
import type { WatchEnvironment, WatchFlags } from './target.js';

interface Format {
  readonly writeOut: OutputFormat;
  readonly hex: boolean;
  readonly hexInput: boolean;
}

export interface InteractiveOptions {
  readonly client: Client;
  readonly streams: Streams;
  readonly flags: Format;
}

/**
 * Starts a watch, or requests the progress of all watches, for each line of standard input until the input ends. A line
 * that is neither is reported and skipped. At the end, running commands are awaited; Ctrl-C ends them.
 * @throws the error that ended a watch
 */
export async function interactive(options: InteractiveOptions): Promise<void> {
  const interruption = new Interruption(options.streams);
  await interruption.orExit(readLines(options, interruption.signal));
}

async function readLines({ client, streams, flags }: InteractiveOptions, interrupted: AbortSignal): Promise<void> {
  const watches = new Map<Watch, Promise<void>>();
  const over = new AbortController();
  const lines = createInterface({ input: streams.stdin });
  let failure: unknown;
  const start = (words: readonly string[]): void => {
    const { watch, command } = parseLine({ client, words, flags, environment: streams.variables });
    const following = follow({ watch, streams, format: flags, command, interrupted, over: over.signal })
      .catch((error: unknown) => {
        failure ??= error;
        lines.close();
      })
      .finally(() => watches.delete(watch));
    watches.set(watch, following);
  };
  onAbort([interrupted], () => lines.close());
  for await (const line of lines) {
    try {
      const words = wordsOf(line);
      if (words[0] === 'progress') for (const watch of watches.keys()) watch.requestProgress();
      else if (words[0] === 'watch') start(words.slice(1));
      else throw new CommandError('expected watch or progress');
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof CommanderError || error instanceof RaftKvError)) {
        throw error;
      }
      streams.stderr.write(`invalid command "${line}": ${error.message}\n`);
    }
  }
  over.abort();
  const running = [...watches.values()];
  for (const watch of watches.keys()) await watch.close();
  await Promise.all(running);
  if (failure !== undefined) throw failure;
}

interface Line {
  readonly client: Client;
  readonly words: readonly string[];
  readonly flags: Format;
  readonly environment: WatchEnvironment;
}

function parseLine({ client, words, flags, environment }: Line): {
  readonly watch: Watch;
  readonly command: readonly string[];
} {
  const { words: own, command } = splitCommand(words);
  const parser = addWatchFlags(new FlagCommand('watch'))
    .argument('[words...]')
    .helpOption(false)
    .exitOverride()
    // The caller prints the error together with the line.
    .configureOutput({ writeErr: () => undefined });
  parser.parse(own, { from: 'user' });
  const options = parseTarget({
    words: parser.args,
    flags: { ...parser.opts<WatchFlags>(), hexInput: flags.hexInput },
    environment,
  });
  return { watch: client.watch(options), command };
}
