import { Command } from 'commander';
import { endpointsGiven, makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import { replaceFile } from '../replace-file.js';
import { CommandError, write } from '../streams.js';
import type { Streams } from '../streams.js';
import { SaveProgress } from './progress.js';

/** Where a lone server listens, and the first of a local cluster. */
const DEFAULT_ENDPOINT = '127.0.0.1:2379';

/** For the owner alone: it holds all values. */
const MODE = 0o600;

export function saveCommand(streams: Streams): Command {
  return new Command('save')
    .description('write the state of one member to a file')
    .argument('<file>', 'it is replaced once the new one is complete, and not before')
    .action(async (file: string, _own: unknown, command: Command) => {
      await save(streams, file, command);
    });
}

async function save(streams: Streams, file: string, command: Command): Promise<void> {
  const flags = command.optsWithGlobals<ClientFlags>();
  const endpoints = endpointsGiven(command) ? flags.endpoints : DEFAULT_ENDPOINT;
  if (endpoints.includes(',')) {
    throw new CommandError(`a snapshot is of one member, not of several: name one with --endpoints, not ${endpoints}`);
  }
  // However long it takes, unless there is somebody who says how long.
  const limited = command.getOptionValueSourceWithGlobals('timeout') !== 'default';
  const interrupt = new AbortController();
  streams.onInterrupt(() => interrupt.abort());
  const progress = new SaveProgress(streams.stderr);
  await using client = makeClient({ ...flags, endpoints });
  try {
    await replaceFile(file, { suffix: '.part', leftover: 'overwrite', mode: MODE }, async (target) => {
      const pieces = client.snapshot({
        signal: interrupt.signal,
        onProgress: (reached) => progress.show(reached),
        ...(limited ? { timeoutMs: flags.timeout } : {}),
      });
      for await (const bytes of pieces) await target.writeFile(bytes);
    });
  } catch (error) {
    if (interrupt.signal.aborted) throw new CommandError(`interrupted: ${file} is as it was`, { cause: error });
    throw error;
  } finally {
    progress.stop();
  }
  await write(streams.stdout, `Snapshot saved at ${file}\n`);
}
