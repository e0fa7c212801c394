import { randomInt } from 'node:crypto';
import { KvStore } from '../kv/store.js';
import { PeerTransport } from '../transport/peer-transport.js';
import { descriptorLimit } from '../util/descriptor-limit.js';
import { asError } from '../util/error.js';
import { silentLogger, type Logger } from '../util/logger.js';
import { formatMemberId, type ClusterId, type MemberId } from '../util/member-id.js';
import { realClock } from '../util/real-clock.js';
import { assemble } from './assembly/assembly.js';
import { withDiskAdvice } from './integrity/disk-advice.js';
import { checkBeforeStart } from './integrity/initial-check.js';
import { toMemberError } from './member-error.js';
import { toMemberStatus, type MemberStatus } from './member-status.js';
import { otherUrls } from './membership/joining.js';
import { accountOf, type AskAccount } from './membership/account.js';
import { lookUpMembers } from './membership/look-up.js';
import { withDiscoveredCluster } from './membership/srv-discovery.js';
import { Measurements } from './monitoring/measurements.js';
import { withHexIds } from './monitoring/hex-ids.js';
import { SlowWarnings } from './monitoring/slow-warnings.js';
import { PeerEndpoint } from './serving/peer-endpoint.js';
import { serve } from './serving/serve.js';
import { checkConfig, checkLogger } from './startup/arguments.js';
import { readAuthKeys } from './startup/auth-keys.js';
import { assemblyConfig } from './startup/assembly-config.js';
import type { ServerConfig } from './settings/config.js';
import { inspectDataDir, markStarted } from './startup/data-dir.js';
import { planDescriptors } from './startup/descriptors.js';
import { identify } from './startup/identify.js';
import { openListeners } from './startup/open-listeners.js';
import { openMemberStorage } from './startup/open-storage.js';
import { Resources } from './startup/resources.js';
import { openSecurity } from './startup/security/security.js';
import { warnOfSettings } from './startup/setting-warnings.js';

/** A member that runs in this process. */
export interface Member {
  readonly id: MemberId;
  readonly clusterId: ClusterId;
  readonly name: string;
  /** URLs of the listeners, with the ports that were bound. */
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  readonly metricsUrls: readonly string[];
  /** URLs that serve HTTP apart from gRPC. */
  readonly clientHttpUrls: readonly string[];
  status(): MemberStatus;
  /**
   * Resolves once this member has joined its cluster: it has replayed its log, a leader is known, and the list of members
   * has its client URLs. Pends while a majority is missing; until then only stale reads are served.
   */
  readonly ready: Promise<void>;
  /** Resolves after a clean stop; rejects otherwise, with a MemberError if an operator can correct the cause. */
  readonly closed: Promise<void>;
  /** Stops cleanly: no new calls, running ones end, everything is durable. */
  stop(): Promise<void>;
}

/**
 * Room in a peer's message beside the largest request, in bytes: the rest of its frame, and the difference if the peer
 * runs with a larger --max-request-bytes. An entry that a peer cannot receive would block the log.
 */
const PEER_FRAME_ROOM_BYTES = 64 * 1024 * 1024;

/**
 * Starts a member: the composition root. Listeners come first, so that a busy port is found before anything is written;
 * then log and engine; then the node with its services; then connections are served.
 * @param config the result of resolveConfig()
 * @throws ConfigError if the configuration cannot work, or an argument is not of its type
 * @throws MemberError if the data directory cannot be used
 */
export async function startMember(config: ServerConfig, logger: Logger = silentLogger): Promise<Member> {
  checkConfig(config);
  checkLogger(logger);
  const memberLogger = withHexIds(logger);
  const resources = new Resources(memberLogger);
  try {
    return await start(config, { logger: memberLogger, resources });
  } catch (error) {
    await resources.closeAll();
    throw toMemberError(withDiskAdvice(asError(error), config.dataDir));
  }
}

async function start(
  config: ServerConfig,
  { logger, resources }: { readonly logger: Logger; readonly resources: Resources },
): Promise<Member> {
  warnOfSettings(config, logger);
  const jwtKeys = await readAuthKeys(config.authToken);
  const clock = realClock;
  const random = { next: () => randomInt(2 ** 32) / 2 ** 32 };
  const peerMessageBytesMax = config.maxRequestBytes + PEER_FRAME_ROOM_BYTES;
  const descriptors = planDescriptors(descriptorLimit(), config);
  const measurements = new Measurements({
    extensive: config.metrics === 'extensive',
    slow: new SlowWarnings({ logger, applyMs: config.warningApplyMs, unaryMs: config.warningUnaryMs }),
  });

  const { handshakes, connect, keep } = await openSecurity({
    config,
    logger,
    connections: descriptors.connections,
    onLimit: measurements.limits.hit,
  });
  const ask: AskAccount = (url) => accountOf(url, connect);
  const listeners = await openListeners({ config, logger, descriptors, measurements, handshakes }, resources);
  const { clients, webClients, peers, observers } = listeners;
  const peerEndpoint = new PeerEndpoint({
    listeners: peers,
    messageBytesMax: peerMessageBytesMax,
    measurements,
    logger,
  });
  resources.keep(peerEndpoint, () => peerEndpoint.close());

  const dir = await inspectDataDir(config);
  // A member with data knows its cluster.
  const founding = dir.hasLog ? config : await withDiscoveredCluster(config);
  const { clusterId, memberId, firstMembers } = await identify({ config: founding, logger, dir, ask });
  const { log, home } = await openMemberStorage(
    { config, logger, dir, clusterId, memberId, measurements, descriptors },
    resources,
  );

  const known = (): readonly string[] =>
    peerEndpoint.members.flatMap(({ id, peerUrls }) => (id === memberId ? [] : peerUrls));
  const transport = new PeerTransport({
    clusterId,
    memberId,
    connect,
    lookUp: lookUpMembers({ clusterId, urls: () => [...known(), ...otherUrls(founding)], ask }),
    logger,
    clock,
    random,
    traffic: measurements.traffic,
    options: { appendFrameBytesMax: peerMessageBytesMax },
  });
  resources.keep(transport, () => transport.close());
  const assembly = await assemble({
    ...assemblyConfig(config, clients, jwtKeys),
    clusterId,
    memberId,
    bootstrap: KvStore.isIn(home.engine) ? [] : await firstMembers(),
    log,
    home,
    transport,
    clock,
    random,
    logger,
    measurements,
  });

  peerEndpoint.answer({ clusterId, transport, assembly });
  const { dataDir } = config;
  if (config.initialCorruptCheck) {
    await checkBeforeStart({ clusterId, memberId, dataDir, assembly, clock, connect, logger });
  }
  peerEndpoint.takeLinks();
  await markStarted(dir);
  await keep();
  const served = serve({ config, logger, assembly, measurements, peerEndpoint, ...listeners });
  const closed = served.closed.catch((error: unknown) => {
    throw toMemberError(asError(error));
  });
  closed.catch(() => undefined); // An embedder need not look at it.
  return {
    id: formatMemberId(memberId),
    clusterId: formatMemberId(clusterId),
    name: config.name,
    clientUrls: clients.urls,
    peerUrls: peers.urls,
    metricsUrls: observers.urls,
    clientHttpUrls: webClients.urls,
    status: () => toMemberStatus(assembly.node.status()),
    ready: Promise.all([assembly.published, assembly.node.replayed]).then(() => undefined),
    closed,
    stop: () => served.stop(),
  };
}
