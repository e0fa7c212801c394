import type { Command } from 'commander';
import { Subcommand } from '../parsing/subcommand.js';
import type { Streams } from '../process/streams.js';
import { addCommand } from './user/add.js';
import { grantRoleCommand, revokeRoleCommand } from './user/grants.js';
import { getCommand } from './user/get.js';
import { deleteCommand } from './user/delete.js';
import { listCommand } from './user/list.js';
import { passwdCommand } from './user/passwd.js';

export function userCommand(streams: Streams): Command {
  return new Subcommand('user')
    .description('list and change the users of the cluster')
    .addCommand(addCommand(streams))
    .addCommand(getCommand(streams))
    .addCommand(listCommand(streams))
    .addCommand(deleteCommand(streams))
    .addCommand(passwdCommand(streams))
    .addCommand(grantRoleCommand(streams))
    .addCommand(revokeRoleCommand(streams));
}
