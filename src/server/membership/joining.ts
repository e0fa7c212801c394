import type { Member } from '../../kv/membership/members.js';
import type { Clock } from '../../ports/clock.js';
import type { LogIdentity } from '../../ports/log.js';
import { defined } from '../../util/assert.js';
import { asError } from '../../util/error.js';
import type { Logger } from '../../util/logger.js';
import { formatMemberId } from '../../util/member-id.js';
import type { ServerConfig } from '../settings/config.js';
import { ConfigError } from '../settings/urls.js';
import type { Account, AskAccount } from './account.js';
import { deriveIdentity } from './identity.js';

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
  readonly ask: AskAccount;
}

/** A member's answer to the question of a newcomer. */
type Answer = { readonly url: string } & ({ readonly account: Account } | { readonly failure: string });

/** Time for which a newcomer keeps asking while no member answers, in ms. */
const JOIN_MS = 15_000;
/** Time for which it keeps asking while it is not listed, in ms: the others may not have applied its addition yet. */
const UNKNOWN_MS = 3_000;
/** Pause between two rounds of questions, in ms. */
const PAUSE_MS = 200;
/** Time between two log lines about the rounds, in ms. */
const LOG_MS = 5_000;

/**
 * The identity of a member of a new cluster, with an empty data directory. A member that has lost its data must not start
 * again under its id: it may have voted and acknowledged writes. Running peers know whether it ran before.
 * @throws ConfigError if a peer knows an earlier life of this member, or belongs to another cluster
 */
export async function beginNew(config: ServerConfig, ask: AskAccount): Promise<Identity> {
  const { clusterId, members } = deriveIdentity({
    initialCluster: config.initialCluster,
    token: config.initialClusterToken,
  });
  const own = defined(
    members.find(({ name }) => name === config.name),
    'this member in the initial cluster',
  );
  for (const answer of await askAll(otherUrls(config), ask)) {
    if (!('account' in answer)) continue;
    if (answer.account.clusterId !== clusterId) throw otherCluster(config, answer.url, answer.account);
    checkUnused(config, answer.account, own.id);
  }
  return { clusterId, memberId: own.id, firstMembers: members };
}

/**
 * The identity of a member that was added to a running cluster. It asks the running members until one lists it, by its
 * peer URLs, and logs what they answer.
 * @param known the owner of the log in the data directory, if any: this member has run before, and the others may know it
 * @throws ConfigError with one line that says what to do
 */
export async function joinExisting(config: ServerConfig, tools: JoinTools, known?: LogIdentity): Promise<Identity> {
  const urls = otherUrls(config);
  if (urls.length === 0) {
    throw new ConfigError('--initial-cluster-state existing: --initial-cluster must name the other members too');
  }
  const { own, account } = await findSelf(config, urls, tools);
  const { clusterId, firstMembers } = account;
  if (known?.clusterId !== clusterId || known.memberId !== own.id) {
    checkUnused(config, account, own.id);
    const [member, cluster] = [own.id, clusterId].map(formatMemberId);
    tools.logger.info('joining a cluster', { member, cluster, learner: own.isLearner });
  }
  return { clusterId, memberId: own.id, firstMembers };
}

/** Asks until a member lists this one, within the time limits. */
async function findSelf(
  config: ServerConfig,
  urls: readonly string[],
  { logger, clock, ask }: JoinTools,
): Promise<{ readonly own: Member; readonly account: Account }> {
  logger.info('asking the members of the cluster for this member', { urls: urls.join(',') });
  const startedMs = clock.now();
  let loggedMs = -Infinity;
  let unlistedSinceMs: number | undefined;
  for (;;) {
    const answers = await askAll(urls, ask);
    const [found] = answers.flatMap((answer) => listingOf(config, answer));
    if (found !== undefined) return found;
    const nowMs = clock.now();
    if (answers.some((answer) => 'account' in answer)) unlistedSinceMs ??= nowMs;
    if (unlistedSinceMs !== undefined && nowMs - unlistedSinceMs >= UNKNOWN_MS) throw notAMember(config);
    if (nowMs - startedMs >= JOIN_MS) throw noAnswer(answers);
    if (nowMs - loggedMs >= LOG_MS) {
      loggedMs = nowMs;
      logger.warn('no member lists this one yet: asking again', { answers: textOf(answers) });
    }
    await new Promise<void>((resolve) => void clock.timeout(PAUSE_MS, resolve));
  }
}

function askAll(urls: readonly string[], ask: AskAccount): Promise<readonly Answer[]> {
  return Promise.all(
    urls.map(async (url): Promise<Answer> => {
      try {
        return { url, account: await ask(url) };
      } catch (error) {
        return { url, failure: asError(error).message };
      }
    }),
  );
}

function textOf(answers: readonly Answer[]): string {
  return answers
    .map((answer) => `${answer.url}: ${'failure' in answer ? answer.failure : 'does not list this member'}`)
    .join('; ');
}

/** This member in the list of another one, or nothing. @throws ConfigError if it is listed with other URLs */
function listingOf(config: ServerConfig, answer: Answer): { readonly own: Member; readonly account: Account }[] {
  if ('failure' in answer) return [];
  const { account } = answer;
  const urls = [...config.initialAdvertisePeerUrls].sort();
  const own = account.members.find(({ peerUrls }) => peerUrls.some((url) => urls.includes(url)));
  if (own === undefined) return [];
  if ([...own.peerUrls].sort().join() === urls.join()) return [{ own, account }];
  throw new ConfigError(
    `--initial-advertise-peer-urls is ${urls.join(',')}, and the cluster has ${own.peerUrls.join(',')}: make them equal`,
  );
}

/** A member that has run before has published its client URLs, or has at least opened a link. */
function checkUnused({ dataDir }: ServerConfig, { members, removed, heard }: Account, id: number): void {
  const record = members.find((member) => member.id === id);
  const isNew = record?.clientUrls.length === 0 && !heard.includes(id) && !removed.includes(id);
  if (isNew) return;
  throw new ConfigError(
    `member ${formatMemberId(id)} has already been bootstrapped, and --data-dir ${dataDir} has no data of it: ` +
      'remove the member, and add it again as a new one',
  );
}

/** For example, this member was not restored from the snapshot that the others were restored from. */
function otherCluster({ dataDir }: ServerConfig, url: string, { clusterId }: Account): ConfigError {
  return new ConfigError(
    `--data-dir ${dataDir} is empty, and ${url} belongs to cluster ${formatMemberId(clusterId)}: ` +
      'use its settings, restore its snapshot here, or add this member to it',
  );
}

function notAMember({ name, initialAdvertisePeerUrls }: ServerConfig): ConfigError {
  const urls = initialAdvertisePeerUrls.join(',');
  return new ConfigError(
    `the cluster has no member with the peer URLs ${urls}: add it with raftkv member add ${name} --peer-urls ${urls}`,
  );
}

function noAnswer(answers: readonly Answer[]): ConfigError {
  return new ConfigError(
    `--initial-cluster-state existing: no member of --initial-cluster answers (${textOf(answers)})`,
  );
}

/** The peer URLs of the other members in --initial-cluster. */
export function otherUrls({ name, initialCluster }: ServerConfig): readonly string[] {
  return initialCluster.filter((member) => member.name !== name).flatMap(({ peerUrls }) => peerUrls);
}
