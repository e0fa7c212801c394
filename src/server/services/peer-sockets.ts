import type { Socket } from 'node:net';
import type { Clock } from '../../ports/clock.js';
import type { RefusalLog } from '../../transport/refusals.js';

export interface PeerSocketsOptions {
  readonly clock: Clock;
  readonly refusals: RefusalLog;
  /** Bytes that a connection may bring before one of its calls is proven to come from a member. Default 64 KiB. */
  readonly unprovenBytesMax?: number;
  /** Called once per connection, when one of its calls is proven to come from a member. */
  readonly onProven?: (socket: Socket) => void;
}

/** A hello and a proof take some hundred bytes, a question for members or a hash fewer. */
const UNPROVEN_BYTES_MAX = 64 * 1024;
/** Interval between two checks of the connections, in ms; Node does not report each read of an HTTP/2 connection. */
const LOOK_MS = 50;

/**
 * Bounds the memory that strangers can take on the peer port. A message from a member may have tens of megabytes, and
 * the gRPC runtime buffers all of it before a handler sees it. So a connection may bring only a little until one of its
 * calls is proven to come from a member.
 */
export class PeerSockets {
  readonly #options: PeerSocketsOptions;
  /** Connections without a proof, by remote address and port. */
  readonly #unproven = new Map<string, Socket>();
  #looking = false;

  constructor(options: PeerSocketsOptions) {
    this.#options = options;
  }

  add(socket: Socket): void {
    // The caller has gone already, or is on a Unix socket of this machine.
    if (socket.remoteAddress === undefined) return;
    const remote = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#unproven.set(remote, socket);
    socket.once('close', () => {
      if (this.#unproven.get(remote) === socket) this.#unproven.delete(remote);
    });
    this.#arm();
  }

  /** A call on this connection comes from a member. */
  proven(remote: string | undefined): void {
    const socket = remote === undefined ? undefined : this.#unproven.get(remote);
    if (remote === undefined || socket === undefined) return;
    this.#unproven.delete(remote);
    this.#options.onProven?.(socket);
  }

  #arm(): void {
    if (this.#looking || this.#unproven.size === 0) return;
    this.#looking = true;
    this.#options.clock.timeout(LOOK_MS, () => {
      this.#looking = false;
      this.#look();
      this.#arm();
    });
  }

  #look(): void {
    const { refusals, unprovenBytesMax = UNPROVEN_BYTES_MAX } = this.#options;
    for (const [remote, socket] of this.#unproven) {
      if (socket.bytesRead <= unprovenBytesMax) continue;
      const reason = `more than ${unprovenBytesMax} bytes from ${socket.remoteAddress} without a proof`;
      refusals.refused('too-many-bytes', 'closed a connection to the peer port', { reason });
      this.#unproven.delete(remote);
      socket.destroy();
    }
  }
}
