import type { Command } from 'commander';
import { RAFTKV_VERSION } from '../../server/settings/version.js';
import { addAbsentCommands } from './absent-commands.js';
import { addAbsentOptions, refuseAbsentVariables } from './absent-options.js';
import { parserMessage } from '../parsing/parser-message.js';
import { addClientFlags } from '../parsing/client-options.js';
import { FlagCommand } from '../parsing/flag-command.js';
import { COMMANDS } from './command-table.js';
import { addHelpCommand, addHelpLookup } from './help-command.js';
import type { CommandEntry } from '../parsing/command-entry.js';
import type { Streams } from '../process/streams.js';

/** The parser of a command line, with the commands that it may name. @throws CommandError for an invalid variable */
export async function buildProgram(args: readonly string[], streams: Streams): Promise<Command> {
  const program = new FlagCommand('raftkv')
    .description('a replicated, linearizable key-value store with the etcd v3 API')
    .version(RAFTKV_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
      outputError: (text, write) => write(`raftkv: ${parserMessage(text)}\n`),
    })
    .exitOverride();
  const entries = namedIn(args);
  if (entries.some(({ client }) => client)) {
    addClientFlags(program, streams.variables);
    addAbsentOptions(program);
    refuseAbsentVariables(streams.variables);
  }
  program.hook('preAction', async (_program, action) => {
    // The table of settings is loaded only if it is needed: `raftkv get` starts quickly.
    const any = Object.keys(streams.variables).some((name) => name.startsWith('RAFTKV_'));
    if (any && shouldWarnOfVariables(action, entries)) {
      (await import('../settings/unknown-variables.js')).warnOfVariables(streams);
    }
  });
  for (const { load, group } of entries) {
    const command = (await load(streams, args)).helpGroup(`${group}:`);
    program.addCommand(command.copyInheritedSettings(program));
    for (const inner of command.commands) inner.copyInheritedSettings(command);
    if (command.commands.length > 0) addHelpCommand(command);
  }
  addHelpCommand(program);
  addHelpLookup(program);
  addAbsentCommands(program);
  return program;
}

/** A server warns in its log. Completion runs while a line is being typed, and must print nothing else. */
function shouldWarnOfVariables(action: Command, entries: readonly CommandEntry[]): boolean {
  let command = action;
  while (command.parent?.parent) command = command.parent;
  const name = command.name();
  return name !== 'completion' && entries.some((entry) => entry.name === name && entry.client);
}

/** The commands named among the arguments (a name there may also be a key); all commands if there are none. */
function namedIn(args: readonly string[]): readonly CommandEntry[] {
  const named = COMMANDS.filter(({ name }) => args.includes(name));
  return named.length === 0 ? COMMANDS : named;
}
