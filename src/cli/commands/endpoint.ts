import type { Command } from 'commander';
import { hashKvCommand } from './hashkv.js';
import { healthCommand } from './endpoint/health.js';
import { statusCommand } from './status.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';

export function endpointCommand(streams: Streams): Command {
  return new Subcommand('endpoint')
    .description('inspect single members: those of --endpoints, or else all members of the cluster')
    .addCommand(healthCommand(streams))
    .addCommand(statusCommand(streams, 'endpoint status'))
    .addCommand(hashKvCommand(streams, 'endpoint hashkv'));
}
