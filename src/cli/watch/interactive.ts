import { createInterface } from 'node:readline';
import { Command, CommanderError } from 'commander';
import { RaftKvError } from '../../client/index.js';
import type { Client, Watch } from '../../client/index.js';
import type { OutputFormat } from '../client-options.js';
import { onAbort } from '../../util/abort.js';
import { Interruption } from '../interruption.js';
import { CommandError } from '../streams.js';
import type { Streams } from '../streams.js';
import { follow } from './follow.js';
import { addWatchFlags, parseTarget } from './target.js';
import type { WatchEnvironment, WatchFlags } from './target.js';
import { wordsOf } from '../words.js';

export interface InteractiveOptions {
  readonly client: Client;
  readonly streams: Streams;
  readonly flags: { readonly writeOut: OutputFormat; readonly hex: boolean };
}

/**
 * Reads a watch, or a question for the progress of all, from each line, until the lines end. A line that says nothing is
 * told so, and passed over. Commands that still run at the end are waited for; Ctrl-C ends them. @throws what ended a watch
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
      else throw new CommandError('watch and progress are understood');
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof CommanderError || error instanceof RaftKvError))
        throw error;
      streams.stderr.write(`invalid command "${line}": ${error.message}\n`);
    }
  }
  over.abort();
  const running = [...watches.values()];
  for (const watch of watches.keys()) await watch.close();
  await Promise.all(running);
  if (failure !== undefined) throw failure;
}

function parseLine({
  client,
  words,
  flags,
  environment,
}: {
  readonly client: Client;
  readonly words: readonly string[];
  readonly flags: { readonly hex: boolean };
  readonly environment: WatchEnvironment;
}): { readonly watch: Watch; readonly command: readonly string[] } {
  const separator = words.indexOf('--');
  const own = separator < 0 ? words : words.slice(0, separator);
  const command = separator < 0 ? [] : words.slice(separator + 1);
  const parser = addWatchFlags(new Command('watch'))
    .argument('[words...]')
    .helpOption(false)
    .exitOverride()
    // What is wrong is said by whoever reads the line.
    .configureOutput({ writeErr: () => undefined });
  parser.parse(own, { from: 'user' });
  const options = parseTarget({
    words: parser.args,
    flags: { ...parser.opts<WatchFlags>(), hex: flags.hex },
    environment,
  });
  return { watch: client.watch(options), command };
}
