import type { Command } from 'commander';
import type { CommandEntry } from '../parsing/command-entry.js';
import { candidatesCommand } from './completion/command.js';
import { SCRIPTS, type Shell } from './completion/scripts.js';
import { write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';

/** How each shell loads its script. */
const LOADING: Readonly<Record<Shell, readonly [line: string, note: string]>> = {
  bash: ['source <(raftkv completion bash)', 'in ~/.bashrc'],
  zsh: ['source <(raftkv completion zsh)', 'in ~/.zshrc, after compinit'],
  fish: ['raftkv completion fish | source', 'in ~/.config/fish/config.fish'],
};

/** @param commands those to complete: the table that has this one */
export function completionCommand(streams: Streams, commands: readonly CommandEntry[]): Command {
  const command = new Subcommand('completion').description(
    'print a completion script for a shell, which also completes keys, members and leases of the cluster',
  );
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const [line, note] = LOADING[shell];
    const script = new Subcommand(shell)
      .description(`print the completion script for ${shell}`)
      .example(line, note)
      .action(async () => write(streams.stdout, SCRIPTS[shell]));
    command.addCommand(script);
  }
  return command.addCommand(candidatesCommand(streams, commands), { hidden: true });
}
