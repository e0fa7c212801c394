import type { Command } from 'commander';
import { Subcommand } from '../parsing/subcommand.js';
import type { Streams } from '../process/streams.js';
import { addCommand, deleteCommand } from './role/changes.js';
import { getCommand } from './role/get.js';
import { listCommand } from './role/list.js';
import { grantPermissionCommand, revokePermissionCommand } from './role/permissions.js';

export function roleCommand(streams: Streams): Command {
  return new Subcommand('role')
    .description('list and change the roles of the cluster and their permissions')
    .addCommand(addCommand(streams))
    .addCommand(getCommand(streams))
    .addCommand(listCommand(streams))
    .addCommand(deleteCommand(streams))
    .addCommand(grantPermissionCommand(streams))
    .addCommand(revokePermissionCommand(streams));
}
