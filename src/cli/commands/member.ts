import type { Command } from 'commander';
import { addCommand } from './member/add.js';
import { listCommand } from './member/list.js';
import { promoteCommand } from './member/promote.js';
import { removeCommand } from './member/remove.js';
import { updateCommand } from './member/update.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';

export function memberCommand(streams: Streams): Command {
  return new Subcommand('member')
    .description('list and change the members of the cluster')
    .addCommand(listCommand(streams))
    .addCommand(addCommand(streams))
    .addCommand(removeCommand(streams))
    .addCommand(updateCommand(streams))
    .addCommand(promoteCommand(streams));
}
