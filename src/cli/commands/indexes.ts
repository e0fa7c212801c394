import type { Command } from 'commander';
import { Subcommand } from '../parsing/subcommand.js';
import type { Streams } from '../process/streams.js';
import { createCommand } from './indexes/create.js';
import { dropCommand } from './indexes/drop.js';
import { listCommand } from './indexes/list.js';
import { queryCommand } from './indexes/query.js';
import { statusCommand } from './indexes/status.js';

export function indexCommand(streams: Streams): Command {
  return new Subcommand('index')
    .description('find keys by values other than the key: manage and query secondary indexes')
    .addCommand(createCommand(streams))
    .addCommand(dropCommand(streams))
    .addCommand(listCommand(streams))
    .addCommand(statusCommand(streams))
    .addCommand(queryCommand(streams));
}
