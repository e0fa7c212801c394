import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Connection } from '../../../src/rpc/http2/connection.js';
import type { Frame } from '../../../src/rpc/http2/frame.js';
import { FrameType, PREFACE } from '../../../src/rpc/http2/frames.js';
import { DEFAULT_LIMITS, type Http2Limits } from '../../../src/rpc/http2/limits.js';
import type { RequestHead } from '../../../src/rpc/http2/request-head.js';
import { ServerStream } from '../../../src/rpc/http2/stream.js';
import { poll } from '../../support/poll.js';

export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, streamId: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A header block of literals without indexing. */
export function block(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const rest: number[] = [];
  for (let left = bytes.length - 127; ; left >>= 7) {
    if (left < 128) {
      rest.push(left);
      break;
    }
    rest.push((left & 127) | 128);
  }
  return Buffer.concat([Buffer.from([127, ...rest]), bytes]);
}

/** A server of the layer under test, whose handler echoes bodies, and one raw client of it. */
export class Peer {
  readonly frames: SeenFrame[] = [];
  readonly violations: string[] = [];
  readonly limits: string[] = [];
  /** Requests that reached the layer above. */
  readonly requests: { readonly id: number; readonly head: RequestHead }[] = [];
  readonly streams: EchoStream[] = [];
  connection: Connection | undefined;
  readonly #server: Server;
  socket!: Socket;
  #bytes = Buffer.alloc(0);

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param settings whether to send the preface and SETTINGS first */
  static async open(limits: Partial<Http2Limits> = {}, settings = true): Promise<Peer> {
    const server = createServer();
    const peer = new Peer(server);
    server.on('connection', (socket) => {
      peer.connection = new Connection({
        socket,
        handler: { open: (id, head) => peer.#open(id, head) },
        // `settle` sends PINGs at any rate.
        limits: { ...DEFAULT_LIMITS, pingMinMs: 0, ...limits },
        now: () => performance.now(),
        onClose: () => undefined,
        onViolation: (_, reason) => peer.violations.push(reason),
        onLimit: (limit) => peer.limits.push(limit),
      });
      peer.connection.start();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    peer.socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    peer.socket.on('error', () => undefined).on('data', (chunk: Buffer) => peer.#read(chunk));
    await once(peer.socket, 'connect');
    if (settings) peer.write(PREFACE, frame(FrameType.SETTINGS, 0, 0));
    return peer;
  }

  #open(id: number, head: RequestHead): ServerStream | undefined {
    this.requests.push({ id, head });
    if (this.connection === undefined) return undefined;
    const stream = new EchoStream(this.connection, id);
    this.streams.push(stream);
    return stream;
  }

  write(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 9) {
      const length = this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < 9 + length) return;
      const [type, flags] = [this.#bytes[3] ?? 0, this.#bytes[4] ?? 0];
      const payload = Buffer.from(this.#bytes.subarray(9, 9 + length));
      this.frames.push({ type, flags, streamId: this.#bytes.readUInt32BE(5), payload });
      this.#bytes = this.#bytes.subarray(9 + length);
    }
  }

  async frame(what: string, wanted: (seen: SeenFrame) => boolean): Promise<SeenFrame> {
    return await poll(what, () => this.frames.find(wanted), 20_000);
  }

  /** The error code of the GOAWAY that ends the connection. */
  async goAway(): Promise<number> {
    const { payload } = await this.frame('a GOAWAY', ({ type }) => type === FrameType.GOAWAY);
    await poll('the end of the socket', () => this.socket.closed || this.socket.readableEnded || undefined, 20_000);
    return payload.readUInt32BE(4);
  }

  async reset(streamId: number): Promise<number> {
    const seen = await this.frame('a reset', (one) => one.type === FrameType.RST_STREAM && one.streamId === streamId);
    return seen.payload.readUInt32BE(0);
  }

  /** Resolves once the server has answered a PING: everything before it has been handled. */
  async settle(): Promise<void> {
    const mark = Buffer.from(String(this.frames.length).padStart(8, 'm'));
    this.write(frame(FrameType.PING, 0, 0, mark));
    await this.frame('the answer to a PING', ({ type, payload }) => type === FrameType.PING && payload.equals(mark));
  }

  async close(): Promise<void> {
    this.socket.destroy();
    this.connection?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Answers with the body that it got. */
export class EchoStream extends ServerStream {
  readonly #connection: Connection;
  body = '';
  aborted: number | undefined | 'no' = 'no';

  constructor(connection: Connection, id: number) {
    super(id);
    this.#connection = connection;
  }

  override onOpen(): void {
    // Answers at the end of the request.
  }

  override onData(frame: Frame, isLast: boolean): void {
    this.body += frame.payload().toString('latin1');
    this.#connection.credit(this, frame.length);
    if (!isLast) return;
    this.#connection.sendHeaders(this, [{ name: ':status', value: '200' }]);
    if (this.body.length > 0) this.#connection.sendData(this, Buffer.from(this.body, 'latin1'));
    this.#connection.end(this, [{ name: 'done', value: 'yes' }]);
  }

  override onAbort(code: number | undefined): void {
    this.aborted = code;
  }

  override onSent(): void {
    // This stream does not count unsent bytes.
  }
}
