import { Command } from 'commander';
import { grantCommand } from './lease/grant.js';
import { keepAliveCommand } from './lease/keep-alive.js';
import { listCommand } from './lease/list.js';
import { revokeCommand } from './lease/revoke.js';
import { timeToLiveCommand } from './lease/time-to-live.js';
import type { Streams } from './streams.js';

export function leaseCommand(streams: Streams): Command {
  return new Command('lease')
    .description('grant leases, keep them alive, look at them and end them')
    .addCommand(grantCommand(streams))
    .addCommand(revokeCommand(streams))
    .addCommand(keepAliveCommand(streams))
    .addCommand(timeToLiveCommand(streams))
    .addCommand(listCommand(streams));
}
