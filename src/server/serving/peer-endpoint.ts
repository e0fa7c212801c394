import type { raftkv } from '../../gen/proto.js';
import type { Member as MemberRecord } from '../../kv/store.js';
import { GrpcJsHost } from '../../rpc/grpc-js/grpc-js-host.js';
import type { PeerTransport } from '../../transport/peer-transport.js';
import { RefusalLog } from '../../transport/refusals.js';
import type { Logger } from '../../util/logger.js';
import { realClock } from '../../util/real-clock.js';
import type { Assembly } from '../assembly/assembly.js';
import { MemberSources } from '../membership/member-sources.js';
import type { Measurements } from '../monitoring/measurements.js';
import { PeerPort } from '../services/peer-port.js';
import { peerService, type PeerHandlers } from '../services/peer-service.js';
import type { Listeners } from '../startup/listeners.js';

/** Time without calls after which a connection to the peer port ends, in ms. A member opens one for a call. */
const PEER_IDLE_MS = 300_000;
/** Calls on one connection to the peer port. A member makes one. */
const PEER_STREAMS_MAX = 16;

export interface PeerEndpointOptions {
  readonly listeners: Listeners;
  /** Largest message of a peer, in bytes. */
  readonly messageBytesMax: number;
  readonly measurements: Pick<Measurements, 'traffic' | 'limits'>;
  readonly logger: Logger;
}

/** What the peer port answers for, once it is known. */
export interface Answering {
  readonly clusterId: number;
  readonly transport: PeerTransport;
  readonly assembly: Assembly;
}

/**
 * The peer port of a member. It accepts connections from the beginning of a start on, answers questions once the member
 * knows its state, and takes links once the member takes part.
 */
export class PeerEndpoint {
  readonly #host: GrpcJsHost;
  #answering: Answering | undefined;
  #takesLinks = false;

  constructor({ listeners, messageBytesMax, measurements, logger }: PeerEndpointOptions) {
    const sources = new MemberSources(() => this.members.flatMap(({ peerUrls }) => peerUrls));
    const handlers = (): PeerHandlers | undefined => this.#handlers();
    this.#host = new GrpcJsHost({
      methods: peerService({
        handlers,
        clock: realClock,
        isMember: (source) => sources.includes(source),
        onProven: (remote) => port.proven(remote),
      }),
      logger,
      maxConcurrentStreams: PEER_STREAMS_MAX,
      maxReceiveMessageBytes: messageBytesMax,
      idleMs: PEER_IDLE_MS,
      onLimit: measurements.limits.hit,
    });
    const port = new PeerPort({
      grpc: this.#host,
      links: () => handlers()?.links(),
      clock: realClock,
      onLimit: measurements.limits.hit,
      refusals: new RefusalLog({ clock: realClock, logger, traffic: measurements.traffic }),
      onProven: (socket) => {
        sources.proven(socket.remoteAddress);
        listeners.trust(socket);
      },
    });
    listeners.serve((socket) => port.accept(socket));
  }

  /** The members of the cluster, as far as this one knows; none at first. */
  get members(): readonly MemberRecord[] {
    return this.#answering?.assembly.store.members() ?? [];
  }

  /** From now on questions are answered. */
  answer(answering: Answering): void {
    this.#answering = answering;
  }

  /** From now on links are taken too. */
  takeLinks(): void {
    this.#takesLinks = true;
  }

  close(): Promise<void> {
    return this.#host.close({ graceMs: 0 });
  }

  #handlers(): PeerHandlers | undefined {
    const answering = this.#answering;
    if (answering === undefined) return undefined;
    return { ...peerHandlers(answering), links: () => (this.#takesLinks ? answering.transport : undefined) };
  }
}

/** Handlers for the links and questions of peers. */
function peerHandlers({ clusterId, transport, assembly }: Answering): Omit<PeerHandlers, 'links'> {
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
