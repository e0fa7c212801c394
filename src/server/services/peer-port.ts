import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { splitByFirstBytes, type Protocols } from '../../http/first-bytes.js';
import type { Clock } from '../../ports/clock.js';
import { InputTurns } from '../../util/input-turns.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { SocketHost } from '../../rpc/host.js';
import type { IncomingOptions } from '../../transport/acceptor-options.js';
import { LINK_PREFACE } from '../../transport/frame.js';
import { refuseLink } from '../../transport/link-socket.js';
import type { RefusalLog } from '../../transport/refusals.js';
import { STARTING } from './peer-service.js';
import { PeerSockets } from './peer-sockets.js';

export interface PeerPortOptions {
  /** Serves the calls of other members, and their snapshots. */
  readonly grpc: SocketHost;
  /** Accepts links; undefined until this member takes part. */
  readonly links: () => LinkAcceptor | undefined;
  readonly clock: Clock;
  readonly refusals: RefusalLog;
  /** Called once per connection, when it is proven to come from a member. */
  readonly onProven: (socket: Socket) => void;
  /** Time after which a connection that has sent nothing is closed, in ms. Default 5,000. */
  readonly silenceMs?: number;
  /** Called when a connection exceeds a bound. Default: not counted. */
  readonly onLimit?: OnLimit;
}

export interface LinkAcceptor {
  acceptLink(socket: Duplex, options: IncomingOptions): void;
}

const DEFAULT_SILENCE_MS = 5_000;

/** Links between members and gRPC on one port: the first bytes of a connection choose. */
export class PeerPort {
  readonly #options: PeerPortOptions;
  readonly #grpcSockets: PeerSockets;
  readonly #protocols: Protocols;

  constructor(options: PeerPortOptions) {
    const { clock, refusals, onProven, silenceMs = DEFAULT_SILENCE_MS, onLimit } = options;
    this.#options = options;
    this.#grpcSockets = new PeerSockets({ clock, refusals, onProven });
    this.#protocols = {
      silenceMs,
      turns: new InputTurns(() => performance.now()),
      onSilence: () => onLimit?.('setup_time'),
      known: [{ begins: LINK_PREFACE, accept: (socket) => this.#acceptLink(socket) }],
      other: (socket) => {
        this.#grpcSockets.add(socket);
        options.grpc.accept(socket);
      },
    };
  }

  accept(socket: Socket): void {
    splitByFirstBytes(socket, this.#protocols);
  }

  /** A gRPC call on the connection from this address is proven to come from a member. */
  proven(remote: string | undefined): void {
    this.#grpcSockets.proven(remote);
  }

  #acceptLink(socket: Socket): void {
    const { links, clock, onProven } = this.#options;
    const acceptor = links();
    if (acceptor === undefined) refuseLink(socket, clock, { code: 'unavailable', message: STARTING.message });
    else acceptor.acceptLink(socket, { remote: socket.remoteAddress, onProven: () => onProven(socket) });
  }
}
