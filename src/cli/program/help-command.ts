import { Command } from 'commander';
import { suggestion } from '../../util/suggestion.js';
import { CommandError } from '../process/streams.js';
import { COMMANDS } from './command-table.js';

const HELP_WORDS: readonly string[] = ['help', '-h', '--help'];

/**
 * Adds `help [COMMAND...]` to the program or to a command with subcommands, and reports an unknown command in one line.
 * The parser's own help command prints the whole usage for an unknown command, and finds no command below another.
 */
export function addHelpCommand(group: Command): void {
  group
    .helpCommand(false)
    .addCommand(
      new Command('help')
        .description('print the help of a command')
        .helpGroup(group.parent === null ? 'Other:' : 'Commands:')
        .argument('[command...]')
        .copyInheritedSettings(group)
        .action(() => group.help()),
    )
    .on('command:*', ([name = '']: readonly string[]) => {
      throw unknownCommand(group, name);
    });
}

/** Makes every request for help, as in `raftkv member list --help`, show the command that its words name. */
export function addHelpLookup(program: Command): void {
  program.addHelpText('beforeAll', ({ command }) => {
    const wanted = commandAt(command, command.args);
    // Ends with the parser's error for "help was printed".
    if (wanted !== command) wanted.help();
    return '';
  });
}

/** The command that the words name, from `command` on; the words after it are its arguments. @throws CommandError */
function commandAt(command: Command, words: readonly string[]): Command {
  const [word, ...rest] = words.filter((each) => !HELP_WORDS.includes(each));
  if (word === undefined || word.startsWith('-') || command.commands.length === 0) return command;
  const inner = command.commands.find((each) => each.name() === word);
  if (inner === undefined) throw unknownCommand(command, word);
  return commandAt(inner, rest);
}

function unknownCommand(group: Command, name: string): CommandError {
  const { parent } = group;
  // The program loads only the commands that the command line names.
  const known = parent === null ? COMMANDS.map((each) => each.name) : visibleNames(group);
  const path = parent === null ? group.name() : `${parent.name()} ${group.name()}`;
  const advice = suggestion(name, known) || `: "${path} --help" lists the commands`;
  return new CommandError(`unknown command '${name}'${advice}`);
}

function visibleNames(group: Command): readonly string[] {
  return group
    .createHelp()
    .visibleCommands(group)
    .map((each) => each.name());
}
