import { Command } from 'commander';
import { snapshotStatus, type SnapshotStatus } from '../../server/backup/snapshot-file.js';
import { assertNever } from '../../util/assert.js';
import type { ClientFlags, OutputFormat } from '../client-options.js';
import { write } from '../streams.js';
import type { Streams } from '../streams.js';
import { renderTable } from '../table.js';
import { humanBytes, toJson } from '../text.js';

const HEAD = ['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE'];

export function statusCommand(streams: Streams): Command {
  return new Command('status')
    .description('check a file, and print its hash (as HashKV gives it), revision, keys and size')
    .argument('<file>', 'as snapshot save has written it')
    .action(async (file: string, _own: unknown, command: Command) => {
      const { writeOut } = command.optsWithGlobals<ClientFlags>();
      await write(streams.stdout, render(await snapshotStatus({ file }), writeOut));
    });
}

function render(status: SnapshotStatus, format: OutputFormat): string {
  const { hash, revision, totalKeys, totalSize } = status;
  const cells = [hash.toString(16), String(revision), String(totalKeys), humanBytes(totalSize)];
  switch (format) {
    case 'json':
      return `${toJson({ hash, revision, totalKey: totalKeys, totalSize })}\n`;
    case 'table':
      return renderTable(HEAD, [cells]);
    case 'simple':
      return `${cells.join(', ')}\n`;
    default:
      return assertNever(format, 'output format');
  }
}
