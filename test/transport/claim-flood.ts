import { randomBytes } from 'node:crypto';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect as connectSocket } from 'node:net';
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

/** A stranger that opens links in a member's name, as fast as it may, each with a challenge of its own. */
export class ClaimFlood {
  readonly #options: ClaimFloodOptions;
  readonly #timer: NodeJS.Timeout;
  #session: ClientHttp2Session | undefined;
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
    this.#session?.destroy();
  }

  #round(): void {
    if (this.#session === undefined || this.#session.destroyed || this.#session.closed) this.#connect();
    for (let at = 0; at < this.#options.linksPerRound; at++) this.#open(at % 2 === 0 ? 'control' : 'append');
  }

  #connect(): void {
    const { target, from } = this.#options;
    const session = connectHttp2(target.url, {
      createConnection: () => connectSocket({ host: '127.0.0.1', port: target.port, localAddress: from }),
    });
    session.on('error', () => undefined);
    this.#session = session;
  }

  #open(lane: 'control' | 'append'): void {
    const { target, name } = this.#options;
    const headers = {
      ':method': 'POST',
      ':path': '/raftkv.Peer/Link',
      'content-type': 'application/grpc',
      te: 'trailers',
    };
    const stream = this.#session?.request(headers);
    if (stream === undefined) return;
    const ids = { version: PEER_PROTOCOL_VERSION, clusterId: CLUSTER, from: name, to: target.id };
    const hello = encodeHello({ ...ids, lane, challenge: randomBytes(16), proofs: [] });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(hello.length, 1);
    stream.on('error', () => undefined);
    stream.on('data', () => undefined);
    stream.write(Buffer.concat([prefix, hello]));
    this.#opened += 1;
  }
}
