import { Command } from 'commander';
import { restoreCommand } from './snapshot/restore.js';
import { saveCommand } from './snapshot/save.js';
import { statusCommand } from './snapshot/status.js';
import type { Streams } from './streams.js';

export function snapshotCommand(streams: Streams): Command {
  return new Command('snapshot')
    .description('save the state of a member to a file, look at one, and begin a new cluster with it')
    .addCommand(saveCommand(streams))
    .addCommand(statusCommand(streams))
    .addCommand(restoreCommand(streams));
}
