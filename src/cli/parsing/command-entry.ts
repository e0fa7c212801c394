import type { Command } from 'commander';
import type { Streams } from '../process/streams.js';

/** The sections of `raftkv --help`. */
export const COMMAND_GROUPS = [
  'Server',
  'Keys',
  'Leases and locks',
  'Cluster',
  'Users and roles',
  'Backup and transfer',
  'Other',
] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** One command of the program. Its module is loaded only when its name is called, so that `raftkv get` starts quickly. */
export interface CommandEntry {
  readonly name: string;
  readonly group: CommandGroup;
  /** Whether it takes the flags of clients. */
  readonly client: boolean;
  /** @param line the whole command line */
  readonly load: (streams: Streams, line: readonly string[]) => Promise<Command>;
}
