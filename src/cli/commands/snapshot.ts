import type { Command } from 'commander';
import { restoreCommand } from './snapshot/restore.js';
import { saveCommand } from './snapshot/save.js';
import { statusCommand } from './snapshot/status.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';

export function snapshotCommand(streams: Streams): Command {
  return new Subcommand('snapshot')
    .description('save, inspect and restore snapshots of the store')
    .addCommand(saveCommand(streams))
    .addCommand(statusCommand(streams))
    .addCommand(restoreCommand(streams));
}
