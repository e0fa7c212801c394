import type { Command } from 'commander';
import { expireCommand } from './session/expire.js';
import { listCommand } from './session/list.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';

export function sessionCommand(streams: Streams): Command {
  return new Subcommand('session')
    .description('list and end client sessions, in which repeated writes are applied once')
    .addCommand(listCommand(streams))
    .addCommand(expireCommand(streams));
}
