import type { Member } from '../../kv/store.js';
import type { LogIdentity } from '../../ports/log.js';
import { defined } from '../../util/assert.js';
import type { Logger } from '../../util/logger.js';
import { realClock } from '../../util/real-clock.js';
import { peekIdentity } from '../../wal/log.js';
import { NodeDisk } from '../../wal/node-disk.js';
import { deriveIdentity } from '../membership/identity.js';
import type { AskAccount } from '../membership/account.js';
import { beginNew, joinExisting, type Identity } from '../membership/joining.js';
import type { ServerConfig } from '../settings/config.js';
import type { DataDir } from './data-dir.js';
import { checkInitialCluster } from './initial-cluster.js';
import { ConfigError } from '../settings/urls.js';

/** The identity of a member, and the members on which its log builds. */
export interface StartIdentity extends Omit<Identity, 'firstMembers'> {
  /** Needed only if the data directory holds no store yet. @throws ConfigError */
  readonly firstMembers: () => Promise<readonly Member[]>;
}

interface Start {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly dir: DataDir;
  readonly ask: AskAccount;
}

/**
 * Finds the identity of this member: from its data if it has any, and otherwise from the settings that begin with
 * `initial-cluster`, or from the members of the running cluster. As in etcd, a member with data ignores those settings.
 * @throws ConfigError with one line that says what to do
 */
export async function identify({ config, logger, dir, ask }: Start): Promise<StartIdentity> {
  const found = dir.hasLog ? await peekIdentity(new NodeDisk(dir.wal)) : undefined;
  if (found !== undefined) {
    const { initialClusterFault: fault } = config;
    if (fault !== undefined)
      logger.warn('ignoring a malformed setting: the data has the members', { fault: fault.message });
    return { ...found, firstMembers: () => firstMembersAgain({ config, logger, dir, ask }, found) };
  }
  checkInitialCluster(config);
  const identity =
    config.initialClusterState === 'new'
      ? await beginNew(config, ask)
      : await joinExisting(config, { logger, clock: realClock, ask });
  return { ...identity, firstMembers: () => Promise.resolve(identity.firstMembers) };
}

/** For a first start that was interrupted after it created the log and before it created the store. */
async function firstMembersAgain({ config, logger, dir, ask }: Start, found: LogIdentity): Promise<readonly Member[]> {
  checkInitialCluster(config);
  if (config.initialClusterState === 'existing') {
    return (await joinExisting(config, { logger, clock: realClock, ask }, found)).firstMembers;
  }
  const { clusterId, members } = deriveIdentity({
    initialCluster: config.initialCluster,
    token: config.initialClusterToken,
    origin: dir.origin,
  });
  const own = defined(
    members.find((member) => member.name === config.name),
    'this member in the initial cluster',
  );
  if (found.clusterId === clusterId && found.memberId === own.id) return members;
  const owner = found.clusterId === clusterId ? 'another member' : 'another cluster';
  throw new ConfigError(
    `--data-dir ${config.dataDir} has the log of ${owner} and no store: name this member's own directory, ` +
      'or start with the --initial-cluster, --initial-cluster-token and peer URLs of its first start',
  );
}

/**
 * Compares the settings of this member with its data. Settings may be newer than the data: a member that was down has not
 * seen a change of its own peer URLs, so only settings of another member are refused.
 * @param members the members according to the data
 * @throws ConfigError if name and peer URLs are not those of the member in the data directory
 */
export function checkOwner(config: ServerConfig, memberId: number, members: readonly Member[]): void {
  const own = members.find(({ id }) => id === memberId);
  const { name, dataDir, initialAdvertisePeerUrls: urls } = config;
  // A member that was added and not started before has no name yet, and may not have its own addition in its data.
  if (own === undefined || own.name === '' || own.name === name) return;
  if (own.peerUrls.some((url) => urls.includes(url))) return;
  const [other] = members.filter(({ id, peerUrls }) => id !== memberId && peerUrls.some((url) => urls.includes(url)));
  if (other === undefined && name === 'default') return;
  throw new ConfigError(
    `--data-dir ${dataDir} belongs to another member, ${own.name} with peer URLs ${own.peerUrls.join(',')}: ` +
      `name the directory of ${name}, or start with --name ${own.name}`,
  );
}
