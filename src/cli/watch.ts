import { Command } from 'commander';
import type { Client } from '../client/index.js';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { Interruption } from './interruption.js';
import { CommandError } from './streams.js';
import type { Streams } from './streams.js';
import { follow } from './watch/follow.js';
import { interactive } from './watch/interactive.js';
import { addWatchFlags, parseTarget } from './watch/target.js';
import type { WatchFlags } from './watch/target.js';

interface Flags extends ClientFlags, WatchFlags {
  readonly interactive?: boolean;
}

/** @param line the whole command line: what the parser gives the action does not say where `--` was */
export function watchCommand(streams: Streams, line: readonly string[]): Command {
  const command = new Command('watch')
    .description('print what happens to a key, or to a range of keys, and run a command for each event')
    .argument('[words...]', 'KEY [RANGE_END] [-- COMMAND ARGUMENT...]')
    .option('-i, --interactive', 'read watches from stdin, one a line: watch [flags] KEY [RANGE_END] [-- COMMAND...]')
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], _own: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      if (flags.writeOut === 'table') throw new CommandError('events are printed as simple or json, not as a table');
      await using client = makeClient(flags);
      if (flags.interactive === true) {
        if (words.length > 0) throw new CommandError('with --interactive, watches are read from stdin');
        await interactive({ client, streams, flags });
      } else await watchOne({ client, streams, flags, words, line });
    });
  return addWatchFlags(command);
}

const HELP = `
The command finds in its environment what etcdctl gives it, quoted as Go does: ETCD_WATCH_EVENT_TYPE, ETCD_WATCH_KEY,
ETCD_WATCH_VALUE, and ETCD_WATCH_REVISION, the store's when the event was sent; and the same as it is, where it is text:
RAFTKV_EVENT_TYPE, RAFTKV_EVENT_KEY, RAFTKV_EVENT_VALUE, and RAFTKV_EVENT_REVISION, the event's own. The next event waits
until the command has ended. Where it fails, so does the watch. Ctrl-C, or SIGTERM, ends the command first.

ETCDCTL_WATCH_KEY and ETCDCTL_WATCH_RANGE_END name the keys where the command line does not.`;

interface Arguments {
  readonly client: Client;
  readonly streams: Streams;
  readonly flags: Flags;
  readonly words: readonly string[];
  readonly line: readonly string[];
}

async function watchOne({ client, streams, flags, words, line }: Arguments): Promise<void> {
  const separator = line.indexOf('--');
  const command = separator < 0 ? [] : line.slice(separator + 1);
  const options = parseTarget({
    words: words.slice(0, words.length - command.length),
    flags,
    environment: streams.variables,
  });
  const output = { streams, format: flags, command };
  // Without a command nothing is left to be ended: a signal may end us at once.
  if (command.length === 0) return await follow({ ...output, watch: client.watch(options) });
  const interruption = new Interruption(streams);
  const { signal } = interruption;
  await interruption.orExit(follow({ ...output, watch: client.watch({ ...options, signal }), interrupted: signal }));
}
