import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { LINK_PREFACE } from '../../src/transport/frame.js';
import { encodeHello, PEER_PROTOCOL_VERSION } from '../../src/transport/hello.js';
import { CLUSTER, type Member } from './members.js';

export interface ClaimFloodOptions {
  readonly target: Member;
  /** The member in whose name the links are opened. */
  readonly name: number;
  /** The source address, on loopback. */
  readonly from: string;
  /** Links opened in each interval of 5 ms. */
  readonly linksPerRound: number;
}

/** A stranger that opens links in a member's name at a given rate, each with its own challenge. */
export class ClaimFlood {
  readonly #options: ClaimFloodOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #sockets = new Set<Socket>();
  #opened = 0;

  constructor(options: ClaimFloodOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#round(), 5);
  }

  get opened(): number {
    return this.#opened;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #round(): void {
    for (let at = 0; at < this.#options.linksPerRound; at++) this.#open(at % 2 === 0 ? 'control' : 'append');
  }

  #open(lane: 'control' | 'append'): void {
    const { target, name, from } = this.#options;
    this.#opened += 1;
    const ids = { version: PEER_PROTOCOL_VERSION, clusterId: CLUSTER, from: name, to: target.id };
    const order = { incarnation: 1, number: this.#opened };
    const hello = encodeHello({ ...ids, ...order, lane, challenge: randomBytes(16), proofs: [] });
    const socket = connect({ host: '127.0.0.1', port: target.port, localAddress: from });
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    socket.resume().write(Buffer.concat([LINK_PREFACE, hello]));
  }
}
