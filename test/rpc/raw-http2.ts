import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
};
const ACK = 1;
const END_STREAM = 1;
const END_HEADERS = 4;
const HEAD_BYTES = 9;
const INITIAL_WINDOW_SIZE = 4;
const WINDOW_MAX = 2 ** 31 - 1;
const WINDOW_DEFAULT = 65_535;

/** An HTTP/2 frame: 24 bits of length, type, flags, stream. */
export function frame(type: number, flags: number, streamId: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A header as HPACK's "literal without indexing, new name". */
function literal(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.from([0, nameBytes.length]), nameBytes, Buffer.from([valueBytes.length]), valueBytes]);
}

export interface RawCall {
  readonly path: string;
  readonly streamId: number;
  readonly authority?: string;
  readonly body?: Uint8Array;
}

/** The headers of a gRPC call, without its message. */
export function callHeaders({ path, streamId, authority = 'localhost' }: RawCall): Buffer {
  const block = [
    literal(':method', 'POST'),
    literal(':scheme', 'http'),
    literal(':path', path),
    literal(':authority', authority),
    literal('content-type', 'application/grpc'),
    literal('te', 'trailers'),
  ];
  return frame(FRAME.headers, END_HEADERS, streamId, Buffer.concat(block));
}

/** A whole unary call. */
export function wholeCall(call: RawCall): Buffer {
  const { streamId, body = new Uint8Array(0) } = call;
  const message = Buffer.concat([Buffer.from([0]), uint32(body.length), body]);
  return Buffer.concat([callHeaders(call), frame(FRAME.data, END_STREAM, streamId, message)]);
}

export function resetOf(streamId: number): Buffer {
  const cancel = 8;
  return frame(FRAME.reset, 0, streamId, uint32(cancel));
}

/** An HTTP/2 client that sends given frames and counts received ones. */
export class RawHttp2 {
  readonly socket: Socket;
  /** Received frames by stream; data frames are only counted. */
  readonly frames = new Map<number, { readonly type: number; readonly flags: number }[]>();
  dataBytes = 0;
  /** Streams that the server has ended. */
  ended = 0;
  #head = Buffer.alloc(0);
  #payloadLeft = 0;
  /** The received part of a PING's payload. */
  #ping: Buffer | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  /**
   * @param window of each stream, in bytes: how much the server may send unasked. The connection's window has the
   * maximum size.
   */
  static async open(port: number, window = WINDOW_DEFAULT): Promise<RawHttp2> {
    const socket = connect(port, '127.0.0.1');
    const client = new RawHttp2(socket);
    await once(socket, 'connect');
    const setting = Buffer.concat([Buffer.from([0, INITIAL_WINDOW_SIZE]), uint32(window)]);
    client.write(PREFACE, frame(FRAME.settings, 0, 0, setting));
    client.write(frame(FRAME.windowUpdate, 0, 0, uint32(WINDOW_MAX - WINDOW_DEFAULT)));
    return client;
  }

  write(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Increases the window of a stream. */
  openWindow(streamId: number, bytes: number): void {
    this.write(frame(FRAME.windowUpdate, 0, streamId, uint32(bytes)));
  }

  has(streamId: number, type: number): boolean {
    return this.frames.get(streamId)?.some((seen) => seen.type === type) === true;
  }

  /** Payloads of data are counted, not kept. */
  #read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      const skipped = Math.min(this.#payloadLeft, chunk.length - at);
      this.#payloadLeft -= skipped;
      if (this.#ping !== undefined) this.#answerPing(chunk.subarray(at, at + skipped));
      at += skipped;
      if (this.#payloadLeft > 0) return;
      const head = Buffer.concat([this.#head, chunk.subarray(at, at + HEAD_BYTES - this.#head.length)]);
      at += head.length - this.#head.length;
      if (head.length < HEAD_BYTES) {
        this.#head = head;
        return;
      }
      this.#head = Buffer.alloc(0);
      this.#payloadLeft = head.readUIntBE(0, 3);
      this.#note({ type: head.readUInt8(3), flags: head.readUInt8(4), streamId: head.readUInt32BE(5) });
    }
  }

  #note({ type, flags, streamId }: { type: number; flags: number; streamId: number }): void {
    if (type === FRAME.ping && flags === 0) this.#ping = Buffer.alloc(0);
    if (type === FRAME.data) this.dataBytes += this.#payloadLeft;
    else this.frames.set(streamId, [...(this.frames.get(streamId) ?? []), { type, flags }]);
    if ((type === FRAME.data || type === FRAME.headers) && (flags & END_STREAM) !== 0) this.ended += 1;
  }

  #answerPing(piece: Buffer): void {
    this.#ping = this.#ping === undefined ? piece : Buffer.concat([this.#ping, piece]);
    if (this.#payloadLeft > 0) return;
    this.write(frame(FRAME.ping, ACK, 0, this.#ping));
    this.#ping = undefined;
  }
}
