import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { raftkv } from '../../src/gen/proto.js';
import type { SnapshotIntake } from '../../src/ports/snapshot.js';
import type { Packet, TransportListener } from '../../src/ports/transport.js';
import type { Entry, Message, MessageType, NodeId } from '../../src/raft/types.js';
import { GrpcJsHost } from '../../src/rpc/grpc-js/grpc-js-host.js';
import { stream } from '../../src/rpc/service.js';
import { PeerTraffic } from '../../src/server/monitoring/peer-traffic.js';
import { PeerPort } from '../../src/server/services/peer-port.js';
import { LINK_PREFACE } from '../../src/transport/frame.js';
import { FrameDecoder } from '../../src/transport/frame-decoder.js';
import { decodeHello } from '../../src/transport/hello.js';
import type { LookUp } from '../../src/transport/introductions.js';
import type { TransportOptions } from '../../src/transport/options.js';
import { PeerTransport } from '../../src/transport/peer-transport.js';
import { decodeRefusal, type RefusalCode } from '../../src/transport/refusal.js';
import { RefusalLog } from '../../src/transport/refusals.js';
import { EMPTY } from '../../src/util/bytes.js';
import { seededRandom } from '../../src/util/random.js';
import { realClock } from '../../src/util/real-clock.js';
import { RecordingLogger } from '../support/recording-logger.js';

export const CLUSTER = 0xc1;

export interface MemberOptions {
  readonly id: NodeId;
  readonly clusterId?: number;
  /** The port to listen on: that of the member that this one replaces, or 0 for a free one. */
  readonly port?: number;
  readonly options?: Partial<TransportOptions>;
  readonly lookUp?: LookUp;
}

/** A transport with its own loopback listener, which records its events. */
export class Member implements TransportListener {
  readonly id: NodeId;
  readonly logger = new RecordingLogger();
  readonly transport: PeerTransport;
  readonly packets: { readonly from: NodeId; readonly packet: Packet }[] = [];
  readonly unreachable: NodeId[] = [];
  readonly links: string[] = [];
  readonly traffic = new PeerTraffic();
  /** The server's end of each incoming connection. */
  readonly sockets: Socket[] = [];
  readonly #host: GrpcJsHost;
  readonly #listener: Server;

  private constructor({ id, clusterId = CLUSTER, options = {}, lookUp }: MemberOptions) {
    this.id = id;
    this.transport = new PeerTransport({
      clusterId,
      memberId: id,
      logger: this.logger,
      clock: realClock,
      random: seededRandom(id),
      options,
      traffic: this.traffic,
      ...(lookUp === undefined ? {} : { lookUp }),
    });
    this.#host = new GrpcJsHost({
      methods: [
        stream<raftkv.OldFrame>('bidi', {
          path: '/raftkv.Peer/Link',
          decode: (body) => raftkv.OldFrame.decode(body),
          handle: (call) => this.transport.refuseOldLink(call),
        }),
        stream<raftkv.SnapshotFrame>('bidi', {
          path: '/raftkv.Peer/Snapshot',
          decode: (body) => raftkv.SnapshotFrame.decode(body),
          handle: (call) => this.transport.acceptSnapshot(call, () => port.proven(call.remote)),
        }),
      ],
      logger: this.logger,
      maxReceiveMessageBytes: -1,
    });
    const port: PeerPort = new PeerPort({
      grpc: this.#host,
      links: () => this.transport,
      clock: realClock,
      refusals: new RefusalLog({ clock: realClock, logger: this.logger, traffic: this.traffic }),
      onProven: () => undefined,
    });
    this.#listener = createServer({ noDelay: true }, (socket) => {
      this.sockets.push(socket);
      port.accept(socket);
    });
  }

  static async start(options: MemberOptions): Promise<Member> {
    const member = new Member(options);
    member.#listener.listen(options.port ?? 0, '127.0.0.1');
    await once(member.#listener, 'listening');
    member.transport.start(member);
    return member;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get messages(): Message[] {
    return this.packets.flatMap(({ packet }) => packet.messages);
  }

  onPacket(from: NodeId, packet: Packet): void {
    this.packets.push({ from, packet });
  }

  onUnreachable(peer: NodeId): void {
    this.unreachable.push(peer);
  }

  onRemoved(by: NodeId): void {
    this.links.push(`removed, says ${by}`);
  }

  /** Tests may replace it. */
  onSnapshot = (_from: NodeId, _message: Message): Promise<SnapshotIntake | string> => Promise.resolve('not here');

  onLink(peer: NodeId, state: 'up' | 'down'): void {
    this.links.push(`${peer} ${state}`);
  }

  /** Resets every connection, as when the process dies. */
  async kill(): Promise<void> {
    this.#listener.close();
    for (const socket of this.sockets) if (!socket.destroyed) socket.resetAndDestroy();
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#listener.close();
    await this.transport.close();
    await this.#host.close({ graceMs: 0 });
    for (const socket of this.sockets) socket.destroy();
  }
}

/**
 * Listens as a member that never answers, and records the challenges from other members. With one of them, a test can
 * act as that member.
 */
export class ChallengeTrap {
  /** By the member that sent them. */
  readonly challenges = new Map<NodeId, Uint8Array>();
  readonly #sockets: Socket[] = [];
  readonly #listener: Server;

  private constructor() {
    this.#listener = createServer((socket) => {
      this.#sockets.push(socket);
      const decoder = new FrameDecoder(4096, (kind, source, start, end) => {
        if (kind !== 'hello') return;
        const { from, challenge } = decodeHello(source.subarray(start, end));
        this.challenges.set(from, challenge);
      });
      socket.on('error', () => undefined).on('data', (chunk: Buffer) => decoder.push(chunk));
    });
  }

  static async start(port = 0): Promise<ChallengeTrap> {
    const trap = new ChallengeTrap();
    trap.#listener.listen(port, '127.0.0.1');
    await once(trap.#listener, 'listening');
    return trap;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

export interface RawLinkOptions {
  /** Whether the link stays open until the other side ends it. */
  readonly open?: boolean;
  /** Receives the bytes of the other side. */
  readonly answers?: Buffer[];
  /** Ends the link. */
  readonly signal?: AbortSignal;
}

/** Sends bytes on a link that no transport made. @returns the code of the refusal that ends it, if any */
export async function rawLink(
  port: number,
  frames: readonly Uint8Array[],
  { open = false, answers = [], signal }: RawLinkOptions = {},
): Promise<RefusalCode | 'closed'> {
  let code: RefusalCode | 'closed' = 'closed';
  const decoder = new FrameDecoder(4096, (kind, source, start, end) => {
    if (kind === 'refusal') ({ code } = decodeRefusal(source.subarray(start, end)));
  });
  const socket = connectSocket({ port, host: '127.0.0.1' });
  const end = (): void => void socket.destroy();
  signal?.addEventListener('abort', end);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    answers.push(chunk);
    decoder.push(chunk);
  });
  socket.write(LINK_PREFACE);
  for (const frame of frames) socket.write(frame);
  if (!open) socket.end();
  await once(socket, 'close');
  signal?.removeEventListener('abort', end);
  return code;
}

/** Makes members peers of each other. */
export function connect(...members: readonly Member[]): void {
  for (const member of members) {
    member.transport.setPeers(members.filter(({ id }) => id !== member.id).map(({ id, url }) => ({ id, urls: [url] })));
  }
}

export function message(type: MessageType, fields: Partial<Message> & Pick<Message, 'from' | 'to'>): Message {
  return {
    type,
    term: 0,
    logTerm: 0,
    index: 0,
    entries: [],
    commit: 0,
    reject: false,
    rejectHint: 0,
    context: EMPTY,
    snapshot: undefined,
    vote: 0,
    responses: [],
    ...fields,
  };
}

export function entry(index: number, data: Uint8Array = EMPTY): Entry {
  return { term: 1, index, type: 'normal', data };
}

export function packet(messages: readonly Message[], fields: Partial<Packet> = {}): Packet {
  return { group: 0, messages, round: undefined, ack: undefined, ...fields };
}
