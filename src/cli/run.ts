import { Command, CommanderError } from 'commander';
import { AssertionError } from '../util/assert.js';
import { isSystemError } from '../util/system-error.js';
import { addClientFlags } from './client-options.js';
import { isLearnerRefusal } from '../client/calls/failures.js';
import { RaftKvError } from '../client/index.js';
import { ConfigError } from '../server/startup/urls.js';
import { RAFTKV_VERSION } from '../server/startup/version.js';
import { CommandError, CommandExit, ReaderGone } from './streams.js';
import type { Streams } from './streams.js';

/** What to do where etcd's words for it end. */
const LEARNER_HINT = 'a learner answers get and member list with --consistency stale, and nothing else: or ask a voter';

interface Entry {
  /** Takes the flags of a client. */
  readonly client: boolean;
  readonly load: (streams: Streams, line: readonly string[]) => Promise<Command>;
}

/** Every command. Its module is loaded when its name is called, so that `raftkv get` does not wait for the server's. */
const COMMANDS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ['serve', { client: false, load: async (streams) => (await import('./serve.js')).serveCommand(streams) }],
  ['put', { client: true, load: async (streams) => (await import('./put.js')).putCommand(streams) }],
  ['get', { client: true, load: async (streams) => (await import('./get.js')).getCommand(streams) }],
  ['del', { client: true, load: async (streams) => (await import('./del.js')).delCommand(streams) }],
  ['watch', { client: true, load: async (streams, line) => (await import('./watch.js')).watchCommand(streams, line) }],
  ['txn', { client: true, load: async (streams) => (await import('./txn.js')).txnCommand(streams) }],
  ['lease', { client: true, load: async (streams) => (await import('./lease.js')).leaseCommand(streams) }],
  ['lock', { client: true, load: async (streams) => (await import('./lock.js')).lockCommand(streams) }],
  ['elect', { client: true, load: async (streams) => (await import('./elect.js')).electCommand(streams) }],
  ['compact', { client: true, load: async (streams) => (await import('./compact.js')).compactCommand(streams) }],
  [
    'compaction',
    { client: true, load: async (streams) => (await import('./compact.js')).compactCommand(streams, 'compaction') },
  ],
  ['alarm', { client: true, load: async (streams) => (await import('./alarm.js')).alarmCommand(streams) }],
  ['defrag', { client: true, load: async (streams) => (await import('./defrag.js')).defragCommand(streams) }],
  ['hashkv', { client: true, load: async (streams) => (await import('./hashkv.js')).hashKvCommand(streams) }],
  ['endpoint', { client: true, load: async (streams) => (await import('./endpoint.js')).endpointCommand(streams) }],
  ['check', { client: true, load: async (streams) => (await import('./check.js')).checkCommand(streams) }],
  ['status', { client: true, load: async (streams) => (await import('./status.js')).statusCommand(streams) }],
  ['member', { client: true, load: async (streams) => (await import('./member.js')).memberCommand(streams) }],
  [
    'move-leader',
    { client: true, load: async (streams) => (await import('./move-leader.js')).moveLeaderCommand(streams) },
  ],
  ['snapshot', { client: true, load: async (streams) => (await import('./snapshot.js')).snapshotCommand(streams) }],
  [
    'make-mirror',
    { client: true, load: async (streams) => (await import('./make-mirror.js')).makeMirrorCommand(streams) },
  ],
  ['import', { client: true, load: async (streams) => (await import('./import.js')).importCommand(streams) }],
  ['export', { client: true, load: async (streams) => (await import('./export.js')).exportCommand(streams) }],
  ['version', { client: false, load: async (streams) => (await import('./version.js')).versionCommand(streams) }],
]);

/**
 * Runs one command line, without the program's name.
 * @returns the exit code: 0, or 1 after one line on stderr that says why, or that of a command that was run
 */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
  try {
    const program = await buildProgram(args, streams);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    if (error instanceof CommandExit) return error.code;
    // The parser has said it already: help is no error, a wrong flag is.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    streams.stderr.write(`raftkv: ${explain(error)}\n`);
    return 1;
  }
}

async function buildProgram(args: readonly string[], streams: Streams): Promise<Command> {
  const program = new Command('raftkv')
    .description('a replicated, linearizable key-value store')
    .version(RAFTKV_VERSION, '-V, --version', 'print the version')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
      outputError: (text, write) => write(`raftkv: ${inOneLine(text)}\n`),
    })
    .exitOverride();
  // A name among the arguments may be a key and not the command: loading one too many does no harm.
  const named = [...COMMANDS].filter(([name]) => args.includes(name)).map(([, entry]) => entry);
  const entries = named.length === 0 ? [...COMMANDS.values()] : named;
  if (entries.some(({ client }) => client)) addClientFlags(program);
  for (const { load } of entries) {
    const command = await load(streams, args);
    program.addCommand(command.copyInheritedSettings(program));
    for (const inner of command.commands) inner.copyInheritedSettings(command);
  }
  return program;
}

/** The parser's own beginning goes, and its second line, which guesses what was meant, joins the first. */
function inOneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ');
}

function explain(error: unknown): string {
  if (error instanceof RaftKvError)
    return isLearnerRefusal(error) ? `${error.message} (${LEARNER_HINT})` : error.message;
  if (error instanceof CommandError || error instanceof ConfigError) return error.message;
  if (error instanceof AssertionError || !(error instanceof Error)) return `this is a bug: ${String(error)}`;
  // The system says what it is about; any other error is worth its stack.
  return isSystemError(error) ? error.message : (error.stack ?? error.message);
}
