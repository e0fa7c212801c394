import { raftkv } from '../gen/proto.js';
import type { Clock } from '../ports/clock.js';
import type { SnapshotPosition } from '../ports/snapshot.js';
import type { Message } from '../raft/types.js';
import { toWireMessage } from './snapshot-codec.js';
import type { Connect } from './connect.js';
import { DialledStream, type StreamEnd } from './dial.js';
import { PEER_PROTOCOL_VERSION } from './hello.js';
import type { TransportOptions } from './options.js';
import { SnapshotRefusedError, type OpeningStream, type SnapshotStream } from './snapshot-delivery.js';

/** gRPC status codes: the regular end of a stream, and a refusal that trying again does not change. */
export const OK = 0;
export const REFUSED = 9;

export interface SnapshotCallOptions {
  readonly url: string;
  readonly connect: Connect;
  readonly clusterId: number;
  /** Proofs of the sender: see Proofs. */
  readonly proofs: readonly Uint8Array[];
  readonly message: Message;
  readonly tunables: TransportOptions;
  readonly clock: Clock;
  readonly onSent: (bytes: number) => void;
}

/** A stream of snapshot frames on its own connection. */
export class SnapshotCall implements OpeningStream, SnapshotStream {
  readonly opened: Promise<SnapshotStream>;
  readonly #stream: DialledStream<raftkv.SnapshotPlace>;
  readonly #onSent: (bytes: number) => void;
  #position: SnapshotPosition | undefined;
  #end: StreamEnd | undefined;
  #onEnd: (() => void) | undefined;

  /** @throws TypeError: see Connect */
  constructor({ url, connect, clusterId, proofs, message, tunables, clock, onSent }: SnapshotCallOptions) {
    this.#onSent = onSent;
    let onAnswer: (() => void) | undefined;
    this.#stream = new DialledStream({
      url,
      connect,
      path: '/raftkv.Peer/Snapshot',
      decode: (body) => raftkv.SnapshotPlace.decode(body),
      tunables,
      clock,
      listener: {
        onAnswer: ({ next, digest }) => {
          this.#position ??= { next, digest };
          onAnswer?.();
        },
        onClosed: (end) => {
          this.#end = end;
          this.#onEnd?.();
        },
      },
    });
    this.opened = this.#unlessEnded((done) => (onAnswer = done)).then(() => this);
    // Closing the stream before it is up rejects this promise, which then has no reader.
    this.opened.catch(() => undefined);
    const { from, to } = message;
    const hello = { version: PEER_PROTOCOL_VERSION, clusterId, from, to, proofs: [...proofs] };
    this.#send({ hello, message: toWireMessage(message) }, () => undefined);
  }

  get position(): SnapshotPosition {
    return this.#position ?? { next: 0, digest: new Uint8Array(0) };
  }

  write(frame: Uint8Array): Promise<void> {
    this.#onSent(frame.length);
    return this.#unlessEnded((done) => this.#send({ data: frame }, done));
  }

  finish(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        if (this.#end?.code === OK) resolve();
        else reject(this.#failure());
      };
      this.#onEnd = settle;
      if (this.#end !== undefined) settle();
      else this.#stream.end();
    });
  }

  close(): void {
    this.#stream.cancel();
  }

  #send(frame: raftkv.SnapshotFrame.$Properties, taken: () => void): void {
    this.#stream.write(raftkv.SnapshotFrame.encode(frame).finish(), taken);
  }

  #unlessEnded(begin: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onEnd = () => reject(this.#failure());
      if (this.#end !== undefined) reject(this.#failure());
      else begin(resolve);
    });
  }

  #failure(): Error {
    const { code, details } = this.#end ?? { code: OK, details: 'the stream has ended' };
    return code === REFUSED ? new SnapshotRefusedError(details) : new Error(details || `gRPC status ${code}`);
  }
}
