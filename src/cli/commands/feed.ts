import type { Command } from 'commander';
import { Subcommand } from '../parsing/subcommand.js';
import type { Streams } from '../process/streams.js';
import { createCommand } from './feed/create.js';
import { deleteCommand } from './feed/delete.js';
import { listCommand, statusCommand } from './feed/list.js';
import { resetCommand } from './feed/reset.js';
import { tailCommand } from './feed/tail.js';

export function feedCommand(streams: Streams): Command {
  return new Subcommand('feed')
    .description('make and follow change feeds: durable consumers of the changes of a key range')
    .addCommand(createCommand(streams))
    .addCommand(listCommand(streams))
    .addCommand(statusCommand(streams))
    .addCommand(tailCommand(streams))
    .addCommand(resetCommand(streams))
    .addCommand(deleteCommand(streams));
}
