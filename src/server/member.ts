import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { openLevelHome } from '../engine/level/level-home.js';
import type { raftkv } from '../gen/proto.js';
import { readMembers } from '../kv/membership/members.js';
import { settleStaged } from '../kv/snapshot/staged.js';
import { KvStore, type Member as MemberRecord } from '../kv/store.js';
import { DEFAULT_NODE_CONFIG, type NodeConfig } from '../node/config.js';
import type { RaftNode } from '../node/node.js';
import type { EngineHome } from '../ports/engine.js';
import type { LogStore } from '../ports/log.js';
import { AccessControl } from '../http/access/access-control.js';
import { ClientPort, refuseHttp } from '../http/client-port.js';
import { HttpHost, type RequestHandler } from '../http/host.js';
import { MemberAnswers } from '../rpc/answer-room.js';
import { GrpcJsHost } from '../rpc/host-grpc-js.js';
import { NativeHost } from '../rpc/native/native-host.js';
import { PeerTransport } from '../transport/peer-transport.js';
import { RefusalLog } from '../transport/refusals.js';
import { formatMemberId, type ClusterId, type MemberId } from '../util/member-id.js';
import { asError } from '../util/error.js';
import { silentLogger, type Logger } from '../util/logger.js';
import { descriptorLimit } from '../util/descriptor-limit.js';
import { realClock } from '../util/real-clock.js';
import { openLog } from '../wal/log.js';
import { measuredDisk } from '../wal/measured-disk.js';
import { NodeDisk } from '../wal/node-disk.js';
import { assemble, type Assembly } from './assembly/assembly.js';
import type { ServerConfig } from './startup/config.js';
import { forceNewCluster } from './membership/force-new-cluster.js';
import { withDiscoveredCluster } from './membership/srv-discovery.js';
import { checkOwner, identify } from './startup/identify.js';
import { createDataDir, inspectDataDir, markStarted, type DataDir } from './startup/data-dir.js';
import { checkHistory } from './integrity/data-check.js';
import { withDiskAdvice } from './integrity/disk-advice.js';
import { askHash, checkInitialState } from './integrity/initial-check.js';
import { otherUrls } from './membership/joining.js';
import { lookUpMembers } from './membership/look-up.js';
import { MemberSources } from './membership/member-sources.js';
import { httpRequests, observationRequests } from './monitoring/http-requests.js';
import { ConnectionBound } from './startup/connection-bound.js';
import { planDescriptors, type DescriptorPlan } from './startup/descriptors.js';
import { Listeners } from './startup/listeners.js';
import { Measurements } from './monitoring/measurements.js';
import { SlowWarnings } from './monitoring/slow-warnings.js';
import { PeerPort } from './services/peer-port.js';
import { peerService, type PeerHandlers, type PeerLinks } from './services/peer-service.js';
import { toMemberError } from './member-error.js';
import { toMemberStatus, type MemberStatus } from './member-status.js';

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
   * Resolves once this member has joined its cluster: a leader is known, and the list of members has its client URLs. Pends
   * while a majority is missing; until then only stale reads are served.
   */
  readonly ready: Promise<void>;
  /** Resolves after a clean stop; rejects otherwise, with a MemberError if an operator can mend the cause. */
  readonly closed: Promise<void>;
  /** Stops cleanly: no new calls, running ones end, everything is durable. */
  stop(): Promise<void>;
}

/** Time that running calls have to end when the member stops, in ms; then they are ended with an error. */
const STOP_GRACE_MS = 2_000;
/** Time in which the last answers reach their clients, in ms; then connections are cut. */
const ANSWER_GRACE_MS = 500;

/** Room in a message beside the largest request, in bytes: a larger request still gets its proper error. */
const ENVELOPE_BYTES = 512 * 1024;

/**
 * Room in a peer's message beside the largest request, in bytes: the rest of its frame, and the difference if the peer
 * runs with a larger --max-request-bytes. An entry that a peer cannot receive would block the log.
 */
const PEER_FRAME_ROOM_BYTES = 64 * 1024 * 1024;

/** Calls on one connection to the peer port. A member makes one. */
const PEER_STREAMS_MAX = 16;

/** Connections that one address may open to the peer port. A member opens two, and one for each question. */
const PEER_CONNECTION_RATE = { perSecond: 50, burst: 100 };

/** The largest delay of a timer, in ms: 24 days. */
const NEVER_MS = 2 ** 31 - 1;

/** Has a resource closed if the start fails later. */
type Keep = <T>(resource: T, close: () => Promise<void>) => T;

/**
 * Starts a member: the composition root. Listeners come first, so that a busy port is found before anything is written;
 * then log and engine; then the node with its services; then connections are served.
 * @throws ConfigError if the configuration cannot work
 * @throws MemberError if the data directory cannot be used
 */
export async function startMember(config: ServerConfig, logger: Logger = silentLogger): Promise<Member> {
  const opened: (() => Promise<void>)[] = [];
  const keep: Keep = (resource, close) => {
    opened.push(close);
    return resource;
  };
  try {
    warnOfSettings(config, logger);
    const descriptors = planDescriptors(descriptorLimit(), config.maxConnections);
    const measurements = new Measurements({
      extensive: config.metrics === 'extensive',
      slow: new SlowWarnings({ logger, applyMs: config.warningApplyMs, unaryMs: config.warningUnaryMs }),
    });
    const listeners = await bindListeners({ config, logger, descriptors, measurements }, keep);
    const { clients, peers } = listeners;
    let handlers: PeerHandlers | undefined;
    let known = (): readonly MemberRecord[] => [];
    const sources = new MemberSources(() => known().flatMap(({ peerUrls }) => peerUrls));
    const peerHost = new GrpcJsHost({
      methods: peerService({
        handlers: () => handlers,
        clock: realClock,
        isMember: (source) => sources.includes(source),
        onProven: (remote) => peerPort.proven(remote),
      }),
      logger,
      maxConcurrentStreams: PEER_STREAMS_MAX,
      maxReceiveMessageBytes: config.maxRequestBytes + PEER_FRAME_ROOM_BYTES,
    });
    keep(peerHost, () => peerHost.close({ graceMs: 0 }));
    const peerPort = new PeerPort({
      grpc: peerHost,
      links: () => handlers?.links(),
      clock: realClock,
      refusals: new RefusalLog({ clock: realClock, logger, traffic: measurements.traffic }),
      onProven: (socket) => {
        sources.proven(socket.remoteAddress);
        peers.trust(socket);
      },
    });
    peers.serve((socket) => peerPort.accept(socket));
    const dir = await inspectDataDir(config);
    // A member with data knows its cluster.
    const founding = dir.hasLog ? config : await withDiscoveredCluster(config);
    const { clusterId, memberId, firstMembers } = await identify({ config: founding, logger, dir });
    const { log, home } = await openStorage(
      { config, logger, dir, clusterId, memberId, measurements, descriptors },
      keep,
    );
    if (config.forceNewCluster && dir.hasLog) {
      await settleStaged({ home, log, logger });
      await checkHistory({ log, engine: home.engine, identity: { clusterId, memberId } });
      await forceNewCluster({ log, engine: home.engine, memberId, boot: randomInt(1, 2 ** 32), logger });
    }
    if (KvStore.isIn(home.engine)) checkOwner(config, memberId, await readMembers(home.engine));
    const random = { next: () => randomInt(2 ** 32) / 2 ** 32 };
    const { traffic } = measurements;
    const lookUp = lookUpMembers({
      clusterId,
      urls: () => [...known().flatMap(({ id, peerUrls }) => (id === memberId ? [] : peerUrls)), ...otherUrls(founding)],
    });
    const transport = new PeerTransport({
      clusterId,
      memberId,
      lookUp,
      logger,
      clock: realClock,
      random,
      traffic,
      options: { appendFrameBytesMax: config.maxRequestBytes + PEER_FRAME_ROOM_BYTES },
    });
    keep(transport, () => transport.close());
    const assembly = await assemble({
      clusterId,
      memberId,
      name: config.name,
      clientUrls: advertisedUrls(config, clients),
      bootstrap: KvStore.isIn(home.engine) ? [] : await firstMembers(),
      node: nodeConfig(config),
      limits: {
        requestBytesMax: config.maxRequestBytes,
        txnOpsMax: config.maxTxnOps,
        quotaBytes: config.quotaBackendBytes,
        // As in etcd: five seconds, and two elections.
        requestMs: 5_000 + 2 * config.electionTimeoutMs,
      },
      watches: {
        progressIntervalMs: config.watchProgressIntervalMs,
        perStreamMax: config.maxWatchesPerStream,
        perMemberMax: config.maxWatches,
      },
      autoCompaction: config.autoCompaction,
      corruptCheckMs: config.corruptCheckMs,
      membership: { strictReconfigCheck: config.strictReconfigCheck, maxLearners: config.maxLearners },
      log,
      home,
      transport,
      clock: realClock,
      random,
      logger,
      measurements,
    });
    known = () => assembly.store.members();
    let links: PeerLinks | undefined;
    handlers = { ...peerHandlers({ clusterId, transport, assembly }), links: () => links };
    if (config.initialCorruptCheck) await checkFirst({ config, logger, clusterId, memberId, assembly });
    links = transport;
    await markStarted(dir);
    return open({
      config,
      logger,
      clusterId,
      memberId,
      assembly,
      measurements,
      ...listeners,
      peerHost,
    });
  } catch (error) {
    // Further errors while closing are consequences: the first error is the one to report.
    for (const close of opened.reverse()) await close().catch(() => undefined);
    throw toMemberError(withDiskAdvice(asError(error), config.dataDir));
  }
}

function warnOfSettings({ withoutEffect, socketReusePort }: ServerConfig, logger: Logger): void {
  for (const { setting, reason } of withoutEffect) logger.warn('a setting has no effect', { setting, reason });
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (!socketReusePort || major > 22 || (major === 22 && minor >= 12)) return;
  logger.warn('a setting has no effect', { setting: 'socket-reuse-port', reason: 'it needs Node.js 22.12 or later' });
}

/** @throws ConfigError if a URL cannot be bound; the caller closes those bound before it */
async function bindListeners(
  { config, logger, descriptors, measurements }: Binding,
  keep: Keep,
): Promise<OpenListeners> {
  const boundOf = (port: keyof DescriptorPlan['connections']): ConnectionBound => {
    const kind =
      port === 'peer' ? ({ yields: 'unproven', rate: PEER_CONNECTION_RATE } as const) : { yields: 'silent' as const };
    const bound = new ConnectionBound({ port, max: descriptors.connections[port], ...kind, logger });
    measurements.connections.push(bound);
    return bound;
  };
  const bind = async (flag: string, urls: readonly string[], bound: ConnectionBound): Promise<Listeners> => {
    const listeners = await Listeners.bind({ flag, urls, bound, reusePort: config.socketReusePort });
    return keep(listeners, () => listeners.close());
  };
  const clientBound = boundOf('client');
  return {
    clients: await bind('listen-client-urls', config.listenClientUrls, clientBound),
    webClients: await bind('listen-client-http-urls', config.listenClientHttpUrls, clientBound),
    peers: await bind('listen-peer-urls', config.listenPeerUrls, boundOf('peer')),
    observers: await bind('listen-metrics-urls', config.listenMetricsUrls, boundOf('metrics')),
  };
}

interface Binding {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly descriptors: DescriptorPlan;
  readonly measurements: Measurements;
}

interface OpenListeners {
  readonly clients: Listeners;
  /** For HTTP apart from gRPC; without URLs unless configured. */
  readonly webClients: Listeners;
  readonly peers: Listeners;
  readonly observers: Listeners;
}

/** @throws ConfigError if this member must not take part; it is stopped then */
async function checkFirst({ config, logger, clusterId, memberId, assembly }: Checking): Promise<void> {
  const { store } = assembly;
  const failed = store.failed.then((error) => {
    throw error;
  });
  const check = checkInitialState({
    memberId,
    store,
    ask: (url, question) => askHash({ clusterId, clock: realClock }, url, question),
    dataDir: config.dataDir,
    logger,
  });
  try {
    await Promise.race([check, failed]);
  } catch (error) {
    await assembly.stop().catch((later: unknown) => logger.warn('could not end in order', { error: later }));
    throw error;
  }
}

type Checking = Pick<Opening, 'config' | 'logger' | 'clusterId' | 'memberId' | 'assembly'>;

interface Opening extends OpenListeners {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly clusterId: number;
  readonly memberId: number;
  readonly assembly: Assembly;
  readonly measurements: Measurements;
  readonly peerHost: GrpcJsHost;
}

/** Starts the node and serves connections. */
function open(opening: Opening): Member {
  const { config, logger, clusterId, memberId, assembly, clients, webClients, peers, observers, peerHost } = opening;
  const { node } = assembly;
  const access = accessControl(opening);
  const answers = new MemberAnswers();
  opening.measurements.unsentAnswerBytes = () => answers.bytes;
  const handle = clientRequests(opening, access, answers);
  const clientPort = openClientPort(opening, handle, answers);
  const webHost = new HttpHost({ handle, logger });
  const observerHost = new HttpHost({ handle: observationRequests({ ...assembly, access, logger }), logger });
  node.start();
  clients.serve((socket) => clientPort.accept(socket));
  webClients.serve((socket) => webHost.accept(socket));
  observers.serve((socket) => observerHost.accept(socket));

  let stopping: Promise<void> | undefined;
  const shutDown = async (graceMs: number): Promise<void> => {
    // A leader hands over while it still serves, so that its clients need not wait for an election.
    await node.handOver();
    clients.stopAccepting();
    webClients.stopAccepting();
    assembly.endStreams();
    const options = { graceMs: graceMs + ANSWER_GRACE_MS };
    const closed = Promise.all([clientPort.close(options), webHost.close(options)]);
    await Promise.race([closed, setTimeout(graceMs, undefined, { ref: false })]);
    // Calls that still wait are answered before their connections are cut.
    assembly.endCalls();
    await closed;
    try {
      await assembly.stop();
    } finally {
      await Promise.all([peerHost.close({ graceMs: 0 }), observerHost.close({ graceMs: 0 })]);
      await Promise.all([clients, webClients, peers, observers].map((listeners) => listeners.close()));
    }
  };
  const stop = (graceMs: number): Promise<void> => (stopping ??= shutDown(graceMs));
  const closed = ended(node, { dataDir: config.dataDir, stop });
  closed.catch(() => undefined);
  return {
    id: formatMemberId(memberId),
    clusterId: formatMemberId(clusterId),
    name: config.name,
    clientUrls: clients.urls,
    peerUrls: peers.urls,
    metricsUrls: observers.urls,
    clientHttpUrls: webClients.urls,
    status: () => toMemberStatus(node.status()),
    ready: assembly.published,
    closed,
    stop: () => stop(STOP_GRACE_MS),
  };
}

/** Largest message of a client, in bytes. */
function messageBytesMax({ maxRequestBytes }: ServerConfig): number {
  return maxRequestBytes + ENVELOPE_BYTES;
}

/** Handles the HTTP requests of clients. */
function clientRequests(opening: Opening, access: AccessControl, answers: MemberAnswers): RequestHandler {
  const { config, logger, assembly, measurements } = opening;
  const { methods, health, metrics } = assembly;
  const { tallies } = measurements;
  return httpRequests({
    access,
    methods,
    gateway: config.enableGrpcGateway,
    messageBytesMax: messageBytesMax(config),
    callsMax: config.maxConcurrentStreams,
    txnOpsMax: config.maxTxnOps,
    health,
    metrics,
    tallies,
    answers,
    logger,
  });
}

/** gRPC for clients, and HTTP too unless it has listeners of its own. */
function openClientPort(opening: Opening, handle: RequestHandler, answers: MemberAnswers): ClientPort {
  const { config, logger, assembly, measurements, webClients } = opening;
  const Host = config.rpcHost === 'native' ? NativeHost : GrpcJsHost;
  const grpc = new Host({
    methods: assembly.methods,
    logger,
    tallies: measurements.tallies,
    answers,
    maxConcurrentStreams: config.maxConcurrentStreams,
    maxReceiveMessageBytes: messageBytesMax(config),
    keepaliveIntervalMs: config.keepAliveIntervalMs === 0 ? NEVER_MS : config.keepAliveIntervalMs,
    keepaliveTimeoutMs: config.keepAliveTimeoutMs,
    pingMinMs: config.keepAliveMinTimeMs,
  });
  const http = new HttpHost({ handle: webClients.urls.length === 0 ? handle : refuseHttp, logger });
  return new ClientPort({ grpc, http });
}

function accessControl({ config, clients, webClients, observers }: Opening): AccessControl {
  const { advertiseClientUrls, initialAdvertisePeerUrls } = config;
  const own = [clients.urls, webClients.urls, observers.urls, advertiseClientUrls, initialAdvertisePeerUrls];
  return new AccessControl({
    origins: config.cors,
    hosts: config.hostWhitelist,
    ownHosts: own
      .flat()
      .flatMap((url) => (url.startsWith('http:') && URL.canParse(url) ? [new URL(url).hostname] : [])),
  });
}

/** Stops the member when its node stops by itself, with the node's error. */
async function ended(
  node: RaftNode,
  { dataDir, stop }: { readonly dataDir: string; readonly stop: (graceMs: number) => Promise<void> },
): Promise<void> {
  try {
    await node.closed;
  } catch (error) {
    await stop(0).catch(() => undefined);
    throw toMemberError(withDiskAdvice(asError(error), dataDir));
  }
  await stop(STOP_GRACE_MS);
}

/** Advertised URLs, with the bound ports in place of port 0. */
function advertisedUrls(config: ServerConfig, clients: Listeners): readonly string[] {
  return config.advertiseClientUrls.map((url) => clients.urls[config.listenClientUrls.indexOf(url)] ?? url);
}

function nodeConfig(config: ServerConfig): NodeConfig {
  return {
    ...DEFAULT_NODE_CONFIG,
    heartbeatMs: config.heartbeatIntervalMs,
    electionMs: config.electionTimeoutMs,
    leaseMs: config.leaseMs,
    snapshotCount: config.snapshotCount,
    logTailEntries: Math.min(config.snapshotCatchupEntries, config.snapshotCount),
    preVote: config.preVote,
  };
}

/** Handlers for the links and questions of peers. */
function peerHandlers(own: {
  clusterId: number;
  transport: PeerTransport;
  assembly: Assembly;
}): Omit<PeerHandlers, 'links'> {
  const { clusterId, transport, assembly } = own;
  const { store } = assembly;
  const records = (members: readonly MemberRecord[]): raftkv.MemberRecord.$Properties[] =>
    members.map((member) => ({ ...member, peerUrls: [...member.peerUrls], clientUrls: [...member.clientUrls] }));
  return {
    members: () => ({
      clusterId,
      members: records(store.members()),
      firstMembers: records(store.firstMembers()),
      removed: [...store.removedIds()],
      heard: [...transport.heard],
    }),
    hash: (question) => assembly.answerHash(question),
    onFatal: (error) => assembly.onFatal(error),
  };
}

interface StorageOptions {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly dir: DataDir;
  readonly clusterId: number;
  readonly memberId: number;
  readonly measurements: Measurements;
  readonly descriptors: DescriptorPlan;
}

async function openStorage(
  { config, logger, dir, clusterId, memberId, measurements, descriptors }: StorageOptions,
  keep: Keep,
): Promise<{ log: LogStore; home: EngineHome }> {
  await createDataDir(dir);
  const log = await openLog({
    disk: measuredDisk(new NodeDisk(dir.wal, { openFilesMax: descriptors.logOpenFiles }), measurements.disk),
    identity: { clusterId, memberId },
    segmentBytes: config.walSegmentBytes,
    logger,
  });
  keep(log, () => log.close());
  const home = await openLevelHome({
    directory: dir.engine,
    logger,
    cacheBytes: config.engineCacheBytes,
    maxOpenFiles: descriptors.engineOpenFiles,
    onWrite: measurements.onEngineWrite,
  });
  return { log, home: keep(home, () => home.close()) };
}
