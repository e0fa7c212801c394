import type { Command } from 'commander';
import { grantCommand } from './lease/grant.js';
import { keepAliveCommand } from './lease/keep-alive.js';
import { listCommand } from './lease/list.js';
import { revokeCommand } from './lease/revoke.js';
import { timeToLiveCommand } from './lease/time-to-live.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';

export function leaseCommand(streams: Streams): Command {
  return new Subcommand('lease')
    .description('grant, renew, inspect and revoke leases')
    .addCommand(grantCommand(streams))
    .addCommand(revokeCommand(streams))
    .addCommand(keepAliveCommand(streams))
    .addCommand(timeToLiveCommand(streams))
    .addCommand(listCommand(streams));
}
