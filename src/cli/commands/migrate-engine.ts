import { Option, type Command } from 'commander';
import { migrateEngine } from '../../server/backup/migrate-engine.js';
import { plural } from '../output/text.js';
import { Subcommand } from '../parsing/subcommand.js';
import { write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';

interface MigrateFlags {
  readonly to: 'level' | 'lmdb';
  readonly walDir?: string;
}

export function migrateEngineCommand(streams: Streams): Command {
  return new Subcommand('migrate-engine')
    .description("convert a stopped member's data to another storage engine")
    .argument('<data-dir>', 'data directory of the member')
    .addOption(new Option('--to <engine>', 'storage engine').choices(['level', 'lmdb']).makeOptionMandatory())
    .option('--wal-dir <dir>', 'folder of the log, if the member has --wal-dir')
    .notes(
      'Copies all rows beside the present engine, which takes as much space again, and replaces it once the copy is durable.\n' +
        'After a crash the data has the engine before or the one after. Start the member with --storage-engine afterwards.\n' +
        'The members of a cluster may have different engines.',
    )
    .example('raftkv migrate-engine /var/lib/raftkv --to lmdb')
    .action(async (dataDir: string, { to, walDir }: MigrateFlags) => {
      const { from, rows } = await migrateEngine({ dataDir, walDir, to });
      await write(
        streams.stdout,
        `converted ${plural(rows, 'row')} from ${from} to ${to}: start the member with --storage-engine ${to}\n`,
      );
    });
}
