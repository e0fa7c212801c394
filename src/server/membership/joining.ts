import { raftkv } from '../../gen/proto.js';
import { toMember, type Member } from '../../kv/membership/members.js';
import { clampInteger } from '../../util/integer.js';
import type { Clock } from '../../ports/clock.js';
import type { LogIdentity } from '../../ports/log.js';
import type { Logger } from '../../util/logger.js';
import { askPeer } from '../../transport/ask.js';
import type { ServerConfig } from '../startup/config.js';
import { deriveIdentity } from './identity.js';
import { ConfigError } from '../startup/urls.js';
import { formatMemberId } from '../../util/member-id.js';

/** The identity of this member. */
export interface Identity {
  readonly clusterId: number;
  readonly memberId: number;
  /** The members of the new cluster: the configuration before the first entry of the log. */
  readonly firstMembers: readonly Member[];
}

/** Tools for joining. */
export interface JoinTools {
  readonly logger: Logger;
  readonly clock: Clock;
}

/** A running member's view of its cluster. */
export interface Account {
  readonly clusterId: number;
  readonly members: readonly Member[];
  readonly firstMembers: readonly Member[];
  readonly removed: readonly number[];
  readonly heard: readonly number[];
}

/** Timeout of a question to one member, in ms. */
const ASK_MS = 1_000;
/** Time for which a newcomer keeps asking while no member answers, in ms. */
const JOIN_MS = 15_000;
/** Time for which it keeps asking while it is not listed, in ms: the others may not have applied its addition yet. */
const UNKNOWN_MS = 3_000;
/** Pause between two rounds of questions, in ms. */
const PAUSE_MS = 200;

/**
 * The identity of a member of a new cluster, with an empty data directory. A member that has lost its data must not start
 * again under its id: it may have voted and acknowledged writes. Running peers know whether it ran before.
 * @throws ConfigError if a peer knows an earlier life of this member, or belongs to another cluster
 */
export async function beginNew(config: ServerConfig): Promise<Identity> {
  const { clusterId, members } = deriveIdentity({
    initialCluster: config.initialCluster,
    token: config.initialClusterToken,
  });
  const memberId = members.find(({ name }) => name === config.name)?.id ?? 0;
  const asked = otherUrls(config).map(async (url) => ({ url, account: await accountOf(url).catch(() => undefined) }));
  for (const { url, account } of await Promise.all(asked)) {
    if (account === undefined) continue;
    if (account.clusterId !== clusterId) throw otherCluster(config, url, account);
    checkUnused(config, account, memberId);
  }
  return { clusterId, memberId, firstMembers: members };
}

/**
 * The identity of a member that was added to a running cluster. It asks the running members, and finds itself by its peer
 * URLs.
 * @param known the owner of the log in the data directory, if any: this member has run before, and the others may know it
 * @throws ConfigError with one line that says what to do
 */
export async function joinExisting(
  config: ServerConfig,
  { logger, clock }: JoinTools,
  known?: LogIdentity,
): Promise<Identity> {
  const urls = otherUrls(config);
  if (urls.length === 0) {
    throw new ConfigError('--initial-cluster-state existing: --initial-cluster must name the other members too');
  }
  const startedMs = clock.now();
  let unknownSinceMs: number | undefined;
  for (;;) {
    const failures: string[] = [];
    for (const url of urls) {
      const account = await accountOf(url).catch((error: unknown) => {
        failures.push(`${url}: ${error instanceof Error ? error.message : String(error)}`);
      });
      if (account === undefined) continue;
      const own = findSelf(config, account);
      if (own !== undefined) {
        const isKnown = known?.clusterId === account.clusterId && known.memberId === own.id;
        if (!isKnown) checkUnused(config, account, own.id);
        const { clusterId, firstMembers } = account;
        if (!isKnown) logger.info('joins a cluster', { member: own.id, cluster: clusterId, learner: own.isLearner });
        return { clusterId, memberId: own.id, firstMembers };
      }
      unknownSinceMs ??= clock.now();
    }
    const nowMs = clock.now();
    if (unknownSinceMs !== undefined && nowMs - unknownSinceMs > UNKNOWN_MS) throw notAMember(config);
    if (nowMs - startedMs > JOIN_MS) {
      throw new ConfigError(
        `--initial-cluster-state existing: no member of --initial-cluster answers (${failures.join('; ')})`,
      );
    }
    await new Promise<void>((resolve) => clock.timeout(PAUSE_MS, resolve));
  }
}

export async function accountOf(url: string): Promise<Account> {
  const body = raftkv.MembersRequest.encode({}).finish();
  const answer = raftkv.MembersResponse.decode(
    await askPeer(url, { path: '/raftkv.Peer/Members', body, timeoutMs: ASK_MS }),
  );
  return {
    clusterId: clampInteger(answer.clusterId),
    members: answer.members.map(toMember),
    firstMembers: answer.firstMembers.map(toMember),
    removed: answer.removed.map(clampInteger),
    heard: answer.heard.map(clampInteger),
  };
}

function findSelf(config: ServerConfig, { members }: Account): Member | undefined {
  const own = [...config.initialAdvertisePeerUrls].sort();
  const found = members.find(({ peerUrls }) => peerUrls.some((url) => own.includes(url)));
  if (found === undefined || [...found.peerUrls].sort().join() === own.join()) return found;
  throw new ConfigError(
    `--initial-advertise-peer-urls is ${own.join(',')}, but the cluster knows this member by ${found.peerUrls.join(',')}: make them equal`,
  );
}

/** A member that has run before has published its client URLs, or has at least opened a link. */
function checkUnused({ dataDir }: ServerConfig, { members, removed, heard }: Account, id: number): void {
  const record = members.find((member) => member.id === id);
  const isNew = record?.clientUrls.length === 0 && !heard.includes(id) && !removed.includes(id);
  if (isNew) return;
  throw new ConfigError(
    `member ${formatMemberId(id)} has already been bootstrapped, and --data-dir ${dataDir} holds nothing of it: ` +
      'remove the member from the cluster and add it as a new one, with --initial-cluster-state existing',
  );
}

/** For example, this member was not restored from the snapshot that the others were restored from. */
function otherCluster({ dataDir }: ServerConfig, url: string, { clusterId }: Account): ConfigError {
  return new ConfigError(
    `--data-dir ${dataDir} is empty, and ${url} belongs to cluster ${formatMemberId(clusterId)}, which began with other ` +
      'settings or with a snapshot: start with its settings, restore the same snapshot here, or add this member to it',
  );
}

function notAMember({ name, initialAdvertisePeerUrls }: ServerConfig): ConfigError {
  const urls = initialAdvertisePeerUrls.join(',');
  return new ConfigError(
    `no member of the running cluster has the peer URLs ${urls}: add it first, with raftkv member add ${name} --peer-urls ${urls}`,
  );
}

/** The peer URLs of the other members in --initial-cluster. */
export function otherUrls({ name, initialCluster }: ServerConfig): readonly string[] {
  return initialCluster.filter((member) => member.name !== name).flatMap(({ peerUrls }) => peerUrls);
}
