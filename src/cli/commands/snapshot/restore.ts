import type { Command } from 'commander';
import { SETTINGS } from '../../../server/settings/table.js';
import { restoreSnapshot, type RestoreOptions } from '../../../server/backup/restore.js';
import { ConfigError } from '../../../server/settings/urls.js';
import { addConfigFileOption, configOf, readSettings, refused } from '../../settings/settings.js';
import { CommandError, write } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { formatMemberId } from '../../../util/member-id.js';
import { wholeNumber } from '../../parsing/arguments.js';
import { plural } from '../../output/text.js';

/** The settings that identify the member. Others are needed only when it is started. */
const IDENTITY = [
  'name',
  'data-dir',
  'wal-dir',
  'initial-cluster',
  'initial-cluster-token',
  'initial-advertise-peer-urls',
];

/** Help for a flag whose default in `serve` comes from a flag that `restore` does not have. */
const OTHER_HELP: Readonly<Record<string, string>> = {
  'initial-advertise-peer-urls':
    'URLs by which members reach this one (default: listen-peer-urls of environment or file, else http://localhost:2380)',
};

const HELP = `
The settings are those that the member will be started with. As for raftkv serve, each is also read from the
environment (--data-dir from RAFTKV_DATA_DIR) and from the configuration file. Settings without a flag here are checked,
but not used.`;

/** A revision that is raised by this stays a safe integer whatever it was. */
const BUMP_MAX = 2 ** 52;

interface RestoreFlags {
  readonly skipHashCheck?: boolean;
  readonly bumpRevision?: number;
  readonly markCompacted?: boolean;
}

export function restoreCommand(streams: Streams): Command {
  const command = new Subcommand('restore')
    .description('create the data directory of one member of a new cluster from a snapshot file')
    .argument('<file>', 'snapshot file, as written by snapshot save; the same for every member');
  for (const { flag, placeholder, defaultText, help } of SETTINGS) {
    if (!IDENTITY.includes(flag)) continue;
    const shown = OTHER_HELP[flag] ?? (defaultText === undefined ? help : `${help} (default: ${defaultText})`);
    command.option(`--${flag} <${placeholder}>`, shown);
  }
  addConfigFileOption(command);
  return command
    .option('--skip-hash-check', 'accept a file whose final SHA-256 is missing or wrong')
    .option('--bump-revision <count>', 'increase the revision by this number', wholeNumber(1, BUMP_MAX))
    .option('--mark-compacted', 'mark the skipped revisions as compacted; required with --bump-revision')
    .notes(HELP)
    .example('raftkv snapshot restore backup.db --data-dir /var/lib/raftkv')
    .action(async (file: string, _own: unknown, self: Command) => restore(streams, file, self));
}

async function restore(streams: Streams, file: string, command: Command): Promise<void> {
  const { bumpRevision = 0, markCompacted = false, skipHashCheck = false } = command.opts<RestoreFlags>();
  if (bumpRevision > 0 !== markCompacted) {
    throw new CommandError('--bump-revision and --mark-compacted must be given together');
  }
  const settings = await readSettings(command, streams.variables);
  const interrupt = new AbortController();
  streams.onInterrupt(() => interrupt.abort());
  const options: RestoreOptions = {
    config: configOf(settings),
    file,
    checkDigest: !skipHashCheck,
    bumpRevision,
    signal: interrupt.signal,
  };
  const { dataDir, name } = options.config;
  try {
    const { memberId, clusterId, revision, totalKeys } = await restoreSnapshot(options);
    const member = `${name} (${formatMemberId(memberId)}) of cluster ${formatMemberId(clusterId)}`;
    await write(
      streams.stdout,
      `Restored ${plural(totalKeys, 'key')} at revision ${revision} to ${dataDir} for ${member}\n`,
    );
  } catch (error) {
    if (interrupt.signal.aborted) throw new CommandError(`interrupted: ${dataDir} is unchanged`, { cause: error });
    throw error instanceof ConfigError ? refused(error, settings.places) : error;
  }
}
