import { Client, credentials, type StatusObject } from '@grpc/grpc-js';
import { raftkv } from '../../../src/gen/proto.js';
import type { Message, MessageType } from '../../../src/raft/types.js';
import { askPeer } from '../../../src/transport/ask.js';
import { encodeHello, PEER_PROTOCOL_VERSION, type Hello } from '../../../src/transport/hello.js';
import type { Lane } from '../../../src/transport/lane.js';
import { encodePacket } from '../../../src/transport/packet-codec.js';
import type { RefusalCode } from '../../../src/transport/refusal.js';
import { toWireMessage } from '../../../src/transport/snapshot-codec.js';
import { EMPTY } from '../../../src/util/bytes.js';
import { message, packet, rawLink } from '../../transport/members.js';

/** The answer of a member's peer port to any caller. */
export async function publicIds(url: string): Promise<{ clusterId: number; members: readonly number[] }> {
  const body = raftkv.MembersRequest.encode({}).finish();
  const answer = await askPeer(url, { path: '/raftkv.Peer/Members', body, timeoutMs: 5_000 });
  const { clusterId, members } = raftkv.MembersResponse.decode(answer);
  return { clusterId: Number(clusterId), members: members.map(({ id }) => Number(id)) };
}

export interface StrangerOptions {
  readonly url: string;
  readonly clusterId: number;
  /** The ids that the stranger states: its own, and that of the member it has called. */
  readonly from: number;
  readonly to: number;
  readonly proofs?: Uint8Array[];
}

/** A process that is no member and speaks on a member's peer port. */
export class Stranger {
  readonly #client: Client;
  readonly #options: StrangerOptions;
  readonly #closing = new AbortController();
  #hellos = 0;

  constructor(options: StrangerOptions) {
    this.#options = options;
    this.#client = new Client(options.url.replace('http://', ''), credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** Opens a link and sends messages on it; the link stays open until `close`. @returns the code that ends it */
  link(messages: readonly Message[], lane: Lane = 'control'): Promise<RefusalCode | 'closed'> {
    const frames = messages.length === 0 ? [] : encodePacket(packet(messages)).pieces;
    return this.noise([encodeHello(this.#hello(lane)), ...frames]);
  }

  /** Opens a link and sends bytes in place of a hello. @returns the code that ends it */
  noise(frames: readonly Uint8Array[]): Promise<RefusalCode | 'closed'> {
    const port = Number(new URL(this.#options.url).port);
    return rawLink(port, frames, { open: true, signal: this.#closing.signal });
  }

  /** Opens a stream with a snapshot. @returns the code that it ends with */
  snapshot(snap: Message, data: readonly Uint8Array[] = []): Promise<number> {
    const { clusterId, from, to, proofs = [] } = this.#options;
    const hello = { version: PEER_PROTOCOL_VERSION, clusterId, from, to, proofs };
    return this.#stream('/raftkv.Peer/Snapshot', [
      raftkv.SnapshotFrame.encode({ hello, message: toWireMessage(snap) }).finish(),
      ...data.map((each) => raftkv.SnapshotFrame.encode({ data: each }).finish()),
    ]);
  }

  /** Makes a gRPC call with one message of this many bytes. @returns the code that it ends with */
  call(bytes: number): Promise<number> {
    return this.#stream('/raftkv.Peer/Snapshot', [Buffer.alloc(bytes)]);
  }

  message(type: MessageType, fields: Partial<Message>): Message {
    const { from, to } = this.#options;
    return message(type, { from, to, ...fields });
  }

  close(): void {
    this.#closing.abort();
    this.#client.close();
  }

  #hello(lane: Lane): Hello {
    const { clusterId, from, to, proofs = [] } = this.#options;
    this.#hellos += 1;
    const order = { incarnation: 1, number: this.#hellos };
    return { version: PEER_PROTOCOL_VERSION, clusterId, from, to, lane, proofs, challenge: EMPTY, ...order };
  }

  #stream(path: string, frames: readonly Uint8Array[]): Promise<number> {
    const unchanged = (bytes: Buffer): Buffer => bytes;
    const call = this.#client.makeBidiStreamRequest<Buffer, Buffer>(path, unchanged, unchanged);
    call.on('error', () => undefined);
    call.on('data', () => undefined);
    for (const frame of frames) call.write(Buffer.from(frame));
    return new Promise((resolve) => call.on('status', ({ code }: StatusObject) => resolve(code)));
  }
}
