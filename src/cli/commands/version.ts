import type { Command } from 'commander';
import { ETCD_API_VERSION, RAFTKV_VERSION } from '../../server/settings/version.js';
import { field } from '../output/fields.js';
import { writeOutput } from '../output/output.js';
import type { OutputFormat } from '../output/output.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { renderTable } from '../output/table.js';

export function versionCommand(streams: Streams): Command {
  return new Subcommand('version')
    .description('print the version of raftkv and of the etcd API')
    .example('raftkv version -w json')
    .action(async (_own: unknown, command: Command) => {
      const { writeOut } = command.optsWithGlobals<{ readonly writeOut: OutputFormat }>();
      await writeOutput(streams, writeOut, {
        simple: () => `raftkv version: ${RAFTKV_VERSION}\nAPI version: ${ETCD_API_VERSION}\n`,
        json: () => ({ raftkv: RAFTKV_VERSION, api: ETCD_API_VERSION }),
        fields: () => [field('RaftkvVersion', RAFTKV_VERSION), field('APIVersion', ETCD_API_VERSION)],
        table: () => renderTable(['RAFTKV VERSION', 'API VERSION'], [[RAFTKV_VERSION, ETCD_API_VERSION]]),
      });
    });
}
