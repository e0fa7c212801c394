import type { Command } from 'commander';
import { verifyData } from '../../server/integrity/verify-data.js';
import { CommandError, write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { plural } from '../output/text.js';

export function verifyDataCommand(streams: Streams): Command {
  return new Subcommand('verify-data')
    .description("check a stopped member's data directory for damage, without changing it")
    .argument('<data-dir>', 'data directory of the member')
    .option('--wal-dir <dir>', 'folder of the log, if the member has --wal-dir')
    .notes(
      'Reads the whole log and every table of the engine, and verifies all checksums. Prints one line for each problem, with\n' +
        'advice, to standard error. The exit code is 1 if there is a problem.',
    )
    .example('raftkv verify-data /var/lib/raftkv')
    .action(async (dataDir: string, { walDir }: { readonly walDir?: string }) => {
      let problems = 0;
      for await (const { kind, text } of verifyData({ dataDir, walDir })) {
        if (kind === 'sound') {
          await write(streams.stdout, `ok: ${text}\n`);
          continue;
        }
        problems++;
        await write(streams.stderr, `${kind}: ${text}\n`);
      }
      if (problems > 0) throw new CommandError(`${plural(problems, 'problem')} in ${dataDir}`);
    });
}
