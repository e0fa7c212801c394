import { Client, credentials, type StatusObject } from '@grpc/grpc-js';
import { raftkv } from '../../../src/gen/proto.js';
import { askPeer } from '../../../src/transport/ask.js';
import { PEER_PROTOCOL_VERSION } from '../../../src/transport/hello.js';

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
  /** The ids that the stranger states: its own, and that of the called member. */
  readonly from: number;
  readonly to: number;
  readonly proofs?: Uint8Array[];
}

/** A process that is not a member and calls a member's peer port. */
export class Stranger {
  readonly #client: Client;
  readonly #options: StrangerOptions;

  constructor(options: StrangerOptions) {
    this.#options = options;
    this.#client = new Client(options.url.replace('http://', ''), credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** Opens a link and sends frames on it; the link stays open until `close`. @returns the status code of the link */
  link(frames: readonly raftkv.PeerFrame.$Properties[], lane: raftkv.Lane = raftkv.Lane.CONTROL): Promise<number> {
    return this.#stream('/raftkv.Peer/Link', [
      raftkv.PeerFrame.encode({ hello: { ...this.#hello, lane } }).finish(),
      ...frames.map((frame) => raftkv.PeerFrame.encode(frame).finish()),
    ]);
  }

  /** Opens a link and sends bytes in place of frames. @returns the status code of the link */
  noise(frames: readonly Uint8Array[]): Promise<number> {
    return this.#stream('/raftkv.Peer/Link', frames);
  }

  /** Opens a stream with a snapshot. @returns the status code of the stream */
  snapshot(message: raftkv.RaftMessage.$Properties, data: readonly Uint8Array[] = []): Promise<number> {
    return this.#stream('/raftkv.Peer/Snapshot', [
      raftkv.SnapshotFrame.encode({ hello: this.#hello, message }).finish(),
      ...data.map((each) => raftkv.SnapshotFrame.encode({ data: each }).finish()),
    ]);
  }

  message(fields: raftkv.RaftMessage.$Properties): raftkv.RaftMessage.$Properties {
    const { from, to } = this.#options;
    return { from, to, ...fields };
  }

  close(): void {
    this.#client.close();
  }

  get #hello(): raftkv.PeerHello.$Properties {
    const { clusterId, from, to, proofs = [] } = this.#options;
    return { version: PEER_PROTOCOL_VERSION, clusterId, from, to, proofs };
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

/** Message types on the wire. */
export const Kind = { MsgApp: 2, MsgSnap: 6, MsgHeartbeat: 7, MsgTimeoutNow: 10 } as const;
