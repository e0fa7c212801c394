import type { Command } from 'commander';
import { endpointsGiven, makeClient, timeoutGiven, timeoutOf } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { replaceFile } from '../../output/replace-file.js';
import { CommandError, write } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { SaveProgress } from './progress.js';

/** The address of a single server, and of the first member of a local cluster. */
const DEFAULT_ENDPOINT = '127.0.0.1:2379';

/** Readable by the owner only: the file holds all values. */
const MODE = 0o600;

export function saveCommand(streams: Streams): Command {
  return new Subcommand('save')
    .description('save the store of one member to a file')
    .argument('<file>', 'file to write, which is replaced only once the snapshot is complete')
    .example('raftkv snapshot save backup.db --endpoints 127.0.0.1:2379')
    .action(async (file: string, _own: unknown, command: Command) => {
      await save(streams, file, command);
    });
}

async function save(streams: Streams, file: string, command: Command): Promise<void> {
  const flags = command.optsWithGlobals<ClientFlags>();
  const endpoints = endpointsGiven(command) ? flags.endpoints : DEFAULT_ENDPOINT;
  if (endpoints.includes(',')) {
    throw new CommandError(`a snapshot is taken from one member: give one address with --endpoints, not ${endpoints}`);
  }
  // No time limit, unless the user sets one: a large store takes long.
  const limited = timeoutGiven(command);
  const interrupt = new AbortController();
  streams.onInterrupt(() => interrupt.abort());
  const progress = new SaveProgress(streams.stderr);
  await using client = await makeClient({ ...flags, endpoints }, streams);
  try {
    await replaceFile(file, { suffix: '.part', leftover: 'overwrite', mode: MODE }, async (target) => {
      const pieces = client.snapshot({
        signal: interrupt.signal,
        onProgress: (reached) => progress.show(reached),
        ...(limited ? { timeoutMs: timeoutOf(flags) } : {}),
      });
      for await (const bytes of pieces) await target.writeFile(bytes);
    });
  } catch (error) {
    if (interrupt.signal.aborted) throw new CommandError(`interrupted: ${file} is unchanged`, { cause: error });
    throw error;
  } finally {
    progress.stop();
  }
  await write(streams.stdout, `Snapshot saved at ${file}\n`);
}
