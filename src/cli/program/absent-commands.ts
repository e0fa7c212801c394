import { Command } from 'commander';
import { CommandError } from '../process/streams.js';

/** Commands of etcdctl that raftkv lacks, with the reason. */
const REASONS: Readonly<Record<string, string>> = {
  downgrade: 'raftkv has only one version of its storage schema',
};

/**
 * Adds hidden commands that refuse any arguments with the reason. Without them the parser would suggest a command of a similar
 * name.
 */
export function addAbsentCommands(program: Command): void {
  for (const [name, reason] of Object.entries(REASONS)) {
    const refuse = (): never => {
      throw new CommandError(`${name} is not supported: ${reason}`);
    };
    const command = new Command(name)
      .copyInheritedSettings(program)
      .argument('[words...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(refuse)
      .on('beforeHelp', refuse);
    program.addCommand(command, { hidden: true });
  }
}
