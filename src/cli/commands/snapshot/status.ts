import type { Command } from 'commander';
import { snapshotStatus, type SnapshotStatus } from '../../../server/backup/snapshot-file.js';
import { field } from '../../output/fields.js';
import { writeOutput } from '../../output/output.js';
import type { OutputFormat } from '../../output/output.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { renderTable } from '../../output/table.js';
import { humanBytes } from '../../output/text.js';

const HEAD = ['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE'];

export function statusCommand(streams: Streams): Command {
  return new Subcommand('status')
    .description('verify a snapshot file, and print its hash (that of HashKV), revision, number of keys and size')
    .argument('<file>', 'snapshot file, as written by snapshot save')
    .example('raftkv snapshot status backup.db -w table')
    .action(async (file: string, _own: unknown, command: Command) => {
      const { writeOut } = command.optsWithGlobals<{ readonly writeOut: OutputFormat }>();
      const status = await snapshotStatus({ file });
      const { hash, revision, totalKeys, totalSize } = status;
      await writeOutput(streams, writeOut, {
        simple: () => `${cells(status).join(', ')}\n`,
        json: () => ({ hash, revision, totalKey: totalKeys, totalSize }),
        fields: () => [
          field('Hash', hash),
          field('Revision', revision),
          field('Keys', totalKeys),
          field('Size', totalSize),
        ],
        table: () => renderTable(HEAD, [cells(status)]),
      });
    });
}

function cells({ hash, revision, totalKeys, totalSize }: SnapshotStatus): readonly string[] {
  return [hash.toString(16), String(revision), String(totalKeys), humanBytes(totalSize)];
}
