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

/** Who this member is. */
export interface Identity {
  readonly clusterId: number;
  readonly memberId: number;
  /** The members with which the cluster began: what a log that is taken from its first entry is built upon. */
  readonly firstMembers: readonly Member[];
}

/** What joining needs beside the settings. */
export interface JoinTools {
  readonly logger: Logger;
  readonly clock: Clock;
}

/** What a running member says of its cluster. */
export interface Account {
  readonly clusterId: number;
  readonly members: readonly Member[];
  readonly firstMembers: readonly Member[];
  readonly removed: readonly number[];
  readonly heard: readonly number[];
}

/** Longest wait for one member's account, in ms. */
const ASK_MS = 1_000;
/** How long a newcomer goes on asking where nobody answers, in ms. */
const JOIN_MS = 15_000;
/** How long it goes on where it is not among the members: they may not have applied its addition yet; in ms. */
const UNKNOWN_MS = 3_000;
/** Pause between two rounds over the members, in ms. */
const PAUSE_MS = 200;

/**
 * The identity of a member of a new cluster, whose data directory is empty. Every member derives the same ones. A member
 * that was there already, and has lost its data, must not begin again: it may have voted, and have acknowledged writes.
 * Those who are there would know.
 * @throws ConfigError where a peer that answers knows an earlier life of this member, or is of another cluster
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
 * The identity of a member that was added to a running cluster, from those who are there: it finds itself by its peer
 * URLs.
 * @param known whose log its data directory holds: it has been there before, and the others may know
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

/** Whoever was started once has told its name and client URLs, or has at least called. */
function checkUnused({ dataDir }: ServerConfig, { members, removed, heard }: Account, id: number): void {
  const record = members.find((member) => member.id === id);
  const isNew = record?.clientUrls.length === 0 && !heard.includes(id) && !removed.includes(id);
  if (isNew) return;
  throw new ConfigError(
    `member ${formatMemberId(id)} has already been bootstrapped, and --data-dir ${dataDir} holds nothing of it: ` +
      'remove the member from the cluster and add it as a new one, with --initial-cluster-state existing',
  );
}

/** So it is with a member that was not restored from the snapshot that the others were made from. */
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
