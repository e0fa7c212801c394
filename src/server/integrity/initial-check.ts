import { raftkv } from '../../gen/proto.js';
import type { KvStore } from '../../kv/store.js';
import type { Clock } from '../../ports/clock.js';
import type { NodeId } from '../../raft/types.js';
import { Code } from '../../rpc/status.js';
import { askPeer, PeerRefusal } from '../../transport/ask.js';
import type { Connect } from '../../transport/connect.js';
import { clampInteger } from '../../util/integer.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import type { Logger } from '../../util/logger.js';
import { accountOf } from '../membership/account.js';
import { ConfigError } from '../settings/urls.js';
import { formatMemberId } from '../../util/member-id.js';

/** Longest wait for a hash, in ms; hashing a large store takes long. */
const HASH_MS = 60_000;

export interface InitialCheckOptions {
  readonly memberId: NodeId;
  readonly store: Pick<
    KvStore,
    'members' | 'revision' | 'compactedRevision' | 'hashKv' | 'appliedIndex' | 'hashRecords'
  >;
  /** Requests the hash of a member at one of its URLs. @throws if there is no answer */
  readonly ask: (url: string, question: raftkv.HashQuestion.$Properties) => Promise<raftkv.HashAnswer>;
  readonly dataDir: string;
  readonly logger: Logger;
}

/** Pause before a busy member is asked again, in ms. */
const BUSY_PAUSE_MS = 250;

/** Requests a hash from a running member of this cluster. Asks again while that is busy with other hashes. */
export async function askHash(
  { clusterId, clock, connect }: Pick<StartCheck, 'clusterId' | 'clock' | 'connect'>,
  url: string,
  question: raftkv.HashQuestion.$Properties,
): Promise<raftkv.HashAnswer> {
  const account = await accountOf(url, connect);
  if (account.clusterId !== clusterId) throw new Error(`it belongs to cluster ${formatMemberId(account.clusterId)}`);
  const body = raftkv.HashQuestion.encode(question).finish();
  const deadlineMs = clock.now() + HASH_MS;
  for (;;) {
    try {
      const timeoutMs = Math.max(1, deadlineMs - clock.now());
      return raftkv.HashAnswer.decode(await askPeer(url, { path: '/raftkv.Peer/Hash', body, timeoutMs, connect }));
    } catch (error) {
      const isBusy = error instanceof PeerRefusal && error.code === Code.RESOURCE_EXHAUSTED;
      if (!isBusy || clock.now() + BUSY_PAUSE_MS >= deadlineMs) throw error;
    }
    await new Promise<void>((resolve) => void clock.timeout(BUSY_PAUSE_MS, resolve));
  }
}

/**
 * Compares the state of this member, as its disk has it, with that of each other member, before this one takes part: at
 * the newest common revision, with the higher of the two compacted revisions; and its users and leases at its applied index.
 * Members that cannot be reached, or have compacted that revision, are left out, as are users and leases if a member does not
 * remember the index.
 * @throws ConfigError if the state differs from that of a member, and no majority has the same state as this one
 */
export async function checkInitialState(options: InitialCheckOptions): Promise<void> {
  const { memberId, store, dataDir, logger } = options;
  const members = store.members();
  const others = members.filter(({ id }) => id !== memberId);
  const verdicts = await Promise.all(others.map(({ id, peerUrls }) => compareWith(id, peerUrls, options)));
  const equal = verdicts.filter(({ kind }) => kind === 'equal').length;
  const [first] = verdicts.flatMap((verdict) => (verdict.kind === 'different' ? [verdict] : []));
  if (first === undefined) {
    logger.info('compared the state with reachable members', { equal, members: members.length });
    return;
  }
  if ((equal + 1) * 2 > members.length) {
    return logger.error("the state of a member differs from the others'", { member: first.member });
  }
  throw new ConfigError(
    `--initial-corrupt-check: at ${first.at} in --data-dir ${dataDir} differs ` +
      `from that of member ${formatMemberId(first.member)}: ${REBUILD_ADVICE}`,
  );
}

type Verdict =
  { readonly kind: 'equal' | 'unknown' } | { readonly kind: 'different'; readonly member: NodeId; readonly at: string };

async function compareWith(
  member: NodeId,
  urls: readonly string[],
  { store, ask, logger }: InitialCheckOptions,
): Promise<Verdict> {
  const appliedIndex = store.appliedIndex();
  const question = {
    revision: store.revision(),
    compactRevision: store.compactedRevision(),
    orEarlier: true,
    appliedIndex,
  };
  const skipped = (why: string): Verdict => {
    logger.warn('cannot compare with a member', { member, why });
    return { kind: 'unknown' };
  };
  let answer: raftkv.HashAnswer | undefined;
  const failures: string[] = [];
  for (const url of urls) {
    answer = await ask(url, question).catch((error: unknown) => {
      failures.push(`${url}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
    if (answer !== undefined) break;
  }
  if (answer === undefined) return skipped(failures.join('; '));
  if (appliedIndex > 0 && clampInteger(answer.appliedIndex) === appliedIndex) {
    const { hash } = await store.hashRecords();
    if (hash !== answer.recordHash)
      return { kind: 'different', member, at: `entry ${appliedIndex} the hash of users and leases` };
  }
  const revision = clampInteger(answer.revision);
  const own = answer.known
    ? await store.hashKv(revision, { compactRevision: clampInteger(answer.compactRevision) })
    : undefined;
  if (own?.kind !== 'ok') return skipped('there is no revision that both have');
  return own.hash === answer.hash
    ? { kind: 'equal' }
    : { kind: 'different', member, at: `revision ${revision} the state` };
}

/** What the check of a member that starts needs. */
export interface StartCheck {
  readonly clusterId: number;
  readonly memberId: NodeId;
  readonly dataDir: string;
  readonly assembly: { readonly store: KvStore; stop(): Promise<void> };
  readonly clock: Clock;
  /** How other members are reached. Default: without TLS. */
  readonly connect?: Connect;
  readonly logger: Logger;
}

/** Checks the state of a member before it takes part. @throws ConfigError if it must not; it is stopped then */
export async function checkBeforeStart(start: StartCheck): Promise<void> {
  const { memberId, dataDir, assembly, logger } = start;
  const { store } = assembly;
  const failed = store.failed.then((error) => {
    throw error;
  });
  const check = checkInitialState({
    memberId,
    store,
    ask: (url, question) => askHash(start, url, question),
    dataDir,
    logger,
  });
  try {
    await Promise.race([check, failed]);
  } catch (error) {
    await assembly.stop().catch((later: unknown) => logger.warn('could not end in order', { error: later }));
    throw error;
  }
}
