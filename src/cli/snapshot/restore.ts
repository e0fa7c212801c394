import { Command } from 'commander';
import { resolveConfig, SETTINGS, type RawSettings } from '../../server/config.js';
import { restoreSnapshot, type RestoreOptions } from '../../server/restore.js';
import { CommandError, write } from '../streams.js';
import type { Streams } from '../streams.js';
import { plural, wholeNumber } from '../text.js';

/** What says who the member is; the rest can be told when it is started. */
const IDENTITY = ['name', 'data-dir', 'initial-cluster', 'initial-cluster-token', 'initial-advertise-peer-urls'];

/** A revision that is raised by this stays a safe integer whatever it was. */
const BUMP_MAX = 2 ** 52;

interface RestoreFlags {
  readonly name?: string;
  readonly dataDir?: string;
  readonly initialCluster?: string;
  readonly initialClusterToken?: string;
  readonly initialAdvertisePeerUrls?: string;
  readonly skipHashCheck?: boolean;
  readonly bumpRevision?: number;
  readonly markCompacted?: boolean;
}

export function restoreCommand(streams: Streams): Command {
  const command = new Command('restore')
    .description('make the data directory of one member of a new cluster out of a file')
    .argument('<file>', 'as snapshot save has written it; the same for every member');
  for (const { flag, placeholder, fallback, help } of SETTINGS) {
    if (!IDENTITY.includes(flag)) continue;
    command.option(`--${flag} <${placeholder}>`, fallback === undefined ? help : `${help} (default: ${fallback})`);
  }
  return command
    .option('--skip-hash-check', 'take a file whose SHA-256 at the end is missing or wrong')
    .option('--bump-revision <count>', 'leave out so many revisions', wholeNumber(1, BUMP_MAX))
    .option('--mark-compacted', 'what was before them counts as compacted; needed with --bump-revision')
    .action(async (file: string, flags: RestoreFlags) => restore(streams, file, flags));
}

async function restore(streams: Streams, file: string, flags: RestoreFlags): Promise<void> {
  const { bumpRevision = 0, markCompacted = false, skipHashCheck = false } = flags;
  if (bumpRevision > 0 !== markCompacted) {
    throw new CommandError('--bump-revision and --mark-compacted go together: with one, the other is needed too');
  }
  const interrupt = new AbortController();
  streams.onInterrupt(() => interrupt.abort());
  const options: RestoreOptions = {
    config: resolveConfig(settingsOf(flags)),
    file,
    checkDigest: !skipHashCheck,
    bumpRevision,
    signal: interrupt.signal,
  };
  const { dataDir, name } = options.config;
  try {
    const { memberId, clusterId, revision, totalKeys } = await restoreSnapshot(options);
    const who = `${name} (${memberId.toString(16)}) of cluster ${clusterId.toString(16)}`;
    await write(
      streams.stdout,
      `Restored ${plural(totalKeys, 'key')} at revision ${revision} to ${dataDir} for ${who}\n`,
    );
  } catch (error) {
    if (interrupt.signal.aborted) throw new CommandError(`interrupted: ${dataDir} is as it was`, { cause: error });
    throw error;
  }
}

function settingsOf(flags: RestoreFlags): RawSettings {
  return {
    name: flags.name,
    'data-dir': flags.dataDir,
    'initial-cluster': flags.initialCluster,
    'initial-cluster-token': flags.initialClusterToken,
    'initial-advertise-peer-urls': flags.initialAdvertisePeerUrls,
  };
}
