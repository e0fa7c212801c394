import type { Command } from 'commander';
import type { Client } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { Interruption } from '../process/interruption.js';
import { refuseTable } from '../output/output.js';
import { CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { follow } from './watch/follow.js';
import { interactive } from './watch/interactive.js';
import { addWatchFlags, parseTarget, splitCommand } from './watch/target.js';
import type { WatchFlags } from './watch/target.js';

interface Flags extends ClientFlags, WatchFlags {
  readonly interactive?: boolean;
}

/** @param line the whole command line: the parser does not report where `--` was */
export function watchCommand(streams: Streams, line: readonly string[]): Command {
  const command = new Subcommand('watch')
    .description('print the changes of a key or a range of keys, and run a command for each')
    .argument('[words...]', 'KEY [RANGE_END] [-- COMMAND ARGUMENT...]')
    .option('-i, --interactive', 'read watches from standard input: watch [flags] KEY [RANGE_END] [-- COMMAND...]')
    .notes(HELP)
    .example('raftkv watch hello')
    .example('raftkv watch config/ --prefix --rev 1', 'every change since revision 1')
    .example(`raftkv watch config/ --prefix -- sh -c 'echo "$RAFTKV_EVENT_KEY changed"'`)
    .action(async (words: readonly string[], _own: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      refuseTable(flags.writeOut);
      if (flags.interactive === true && words.length > 0) {
        throw new CommandError('--interactive takes no arguments: watches are read from standard input');
      }
      // Before anything connects: a command line that makes no sense fails at once.
      const { command } = splitCommand(line);
      await using client = await makeClient(flags, streams);
      if (flags.interactive === true) await interactive({ client, streams, flags });
      else await watchOne({ client, streams, flags, words, command });
    });
  return addWatchFlags(command);
}

const HELP = `
The command runs once for each event. The next event waits until it has ended. If the command fails, the watch ends with
an error. Ctrl-C and SIGTERM end the command first.

Variables of the command's environment, quoted as Go quotes strings, as with etcdctl:
  ETCD_WATCH_EVENT_TYPE, ETCD_WATCH_KEY, ETCD_WATCH_VALUE
  ETCD_WATCH_REVISION     the store's revision when the event was sent
The same without quotes, if they are text:
  RAFTKV_EVENT_TYPE, RAFTKV_EVENT_KEY, RAFTKV_EVENT_VALUE
  RAFTKV_EVENT_REVISION   the revision of the event itself

Without a key on the command line, ETCDCTL_WATCH_KEY and ETCDCTL_WATCH_RANGE_END name the keys.`;

interface Arguments {
  readonly client: Client;
  readonly streams: Streams;
  readonly flags: Flags;
  readonly words: readonly string[];
  readonly command: readonly string[];
}

async function watchOne({ client, streams, flags, words, command }: Arguments): Promise<void> {
  const options = parseTarget({
    words: words.slice(0, words.length - command.length),
    flags,
    environment: streams.variables,
  });
  const output = { streams, format: flags, command };
  // Without a command, a signal may end this process at once.
  if (command.length === 0) return await follow({ ...output, watch: client.watch(options) });
  const interruption = new Interruption(streams);
  const { signal } = interruption;
  await interruption.orExit(follow({ ...output, watch: client.watch({ ...options, signal }), interrupted: signal }));
}
