import type { Socket } from 'node:net';
import { HpackDecoder, type HeaderList } from '../../../src/rpc/http2/hpack-decoder.js';
import { HpackEncoder, type OutgoingField } from '../../../src/rpc/http2/hpack-encoder.js';
import { defined } from '../../../src/util/assert.js';
import { KEY_DIGITS, type RandomCall } from './random-call.js';

const TYPE = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, windowUpdate: 8 } as const;
const END_STREAM = 0x1;
const ACK = 0x1;
const END_HEADERS = 0x4;
const FRAME_HEADER_BYTES = 9;
const GRPC_PREFIX_BYTES = 5;
const WINDOW_BYTES = 2 ** 31 - 1;
const INITIAL_WINDOW_BYTES = 65_535;
const FRAME_BYTES_MAX = 16_384;
/** Calls in progress are far fewer, so no two share a slot. */
const SLOTS = 65_536;

/** The caller of a connection: it draws the calls, and counts the answers. */
export interface Caller {
  /** The number of the next call's kind; undefined to start no more. */
  next(): number | undefined;
  keyNumber(kind: number): number;
  answered(kind: number, tookMs: number): void;
  /** Ends the load. */
  failed(error: Error): void;
}

/**
 * An HTTP/2 connection that keeps a number of gRPC calls in progress, and checks the status of every answer. It writes the
 * requests that follow the answers of one read at once.
 */
export class LoadConnection {
  readonly #socket: Socket;
  readonly #calls: readonly RandomCall[];
  readonly #caller: Caller;
  readonly #fields: readonly (readonly OutgoingField[])[];
  readonly #encoder = new HpackEncoder();
  readonly #decoder = new HpackDecoder({ tableBytesMax: 4096, listBytesMax: 65_536 });
  readonly #startedMs = new Float64Array(SLOTS);
  readonly #kind = new Uint8Array(SLOTS);
  readonly #bytes = new Float64Array(SLOTS);
  readonly #streams: number;
  #isOpen = false;
  #nextStreamId = 1;
  #running = 0;
  #sendWindow = INITIAL_WINDOW_BYTES;
  #received = 0;
  #rest: Buffer = Buffer.alloc(0);
  #out: Uint8Array[] = [];
  #goodTrailers: HeaderList | undefined;

  constructor(options: {
    readonly socket: Socket;
    readonly authority: string;
    readonly streams: number;
    readonly calls: readonly RandomCall[];
    readonly caller: Caller;
  }) {
    this.#socket = options.socket;
    this.#streams = options.streams;
    this.#calls = options.calls;
    this.#caller = options.caller;
    this.#fields = options.calls.map(({ path }) => [
      { name: ':method', value: 'POST' },
      { name: ':scheme', value: 'http' },
      { name: ':path', value: path, repeats: true },
      { name: ':authority', value: options.authority, repeats: true },
      { name: 'content-type', value: 'application/grpc', repeats: true },
      { name: 'te', value: 'trailers', repeats: true },
    ]);
    for (const { request } of options.calls)
      if (request.length + GRPC_PREFIX_BYTES > FRAME_BYTES_MAX) throw new Error('a request exceeds a frame');
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#caller.failed(error));
    this.#socket.on('close', () => this.#caller.failed(new Error('the server closed a connection')));
    this.#open();
  }

  get running(): number {
    return this.#running;
  }

  /** Starts as many calls as are allowed. */
  start(): void {
    const now = performance.now();
    while (this.#isOpen && this.#running < this.#streams && this.#sendWindow >= FRAME_BYTES_MAX) {
      const kind = this.#caller.next();
      if (kind === undefined) break;
      this.#call(kind, now);
    }
    this.#flush();
  }

  #open(): void {
    const settings = Buffer.alloc(12);
    settings.writeUInt16BE(2, 0); // ENABLE_PUSH
    settings.writeUInt16BE(4, 6); // INITIAL_WINDOW_SIZE
    settings.writeUInt32BE(WINDOW_BYTES, 8);
    this.#out.push(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(TYPE.settings, 0, 0, settings));
    this.#giveWindow(WINDOW_BYTES - INITIAL_WINDOW_BYTES);
    this.#flush();
  }

  #call(kind: number, now: number): void {
    const call = defined(this.#calls[kind], 'the call');
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    const slot = (streamId >>> 1) % SLOTS;
    this.#startedMs[slot] = now;
    this.#kind[slot] = kind;
    this.#bytes[slot] = 0;
    this.#running += 1;
    const block = this.#encoder.encode(defined(this.#fields[kind], 'the fields'));
    const bodyBytes = GRPC_PREFIX_BYTES + call.request.length;
    this.#sendWindow -= bodyBytes;
    const dataAt = FRAME_HEADER_BYTES + block.length;
    const bodyAt = dataAt + FRAME_HEADER_BYTES;
    const bytes = Buffer.allocUnsafe(bodyAt + bodyBytes);
    writeHead(bytes, 0, { length: block.length, type: TYPE.headers, flags: END_HEADERS, streamId });
    bytes.set(block, FRAME_HEADER_BYTES);
    writeHead(bytes, dataAt, { length: bodyBytes, type: TYPE.data, flags: END_STREAM, streamId });
    bytes[bodyAt] = 0;
    bytes.writeUInt32BE(call.request.length, bodyAt + 1);
    bytes.set(call.request, bodyAt + GRPC_PREFIX_BYTES);
    writeDigits(bytes, bodyAt + GRPC_PREFIX_BYTES + call.digitsAt, this.#caller.keyNumber(kind));
    this.#out.push(bytes);
  }

  #read(chunk: Buffer): void {
    try {
      this.#parse(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]));
    } catch (error) {
      this.#caller.failed(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.start();
  }

  #parse(bytes: Buffer): void {
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      this.#frame(bytes, at, end);
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }

  #frame(bytes: Buffer, at: number, end: number): void {
    const type = bytes[at + 3];
    const flags = bytes[at + 4] ?? 0;
    const streamId = bytes.readUInt32BE(at + 5);
    const begin = at + FRAME_HEADER_BYTES;
    if (type === TYPE.data) this.#data(streamId, end - begin);
    else if (type === TYPE.headers) this.#headers({ streamId, flags, bytes, begin, end });
    else if (type === TYPE.settings && (flags & ACK) === 0) this.#settings(bytes.subarray(begin, end));
    else if (type === TYPE.ping && (flags & ACK) === 0)
      this.#out.push(frame(TYPE.ping, ACK, 0, bytes.subarray(begin, end)));
    else if (type === TYPE.windowUpdate && streamId === 0) this.#sendWindow += bytes.readUInt32BE(begin);
    else if (type === TYPE.reset || type === TYPE.goaway)
      throw new Error(`the server ended ${type === TYPE.reset ? 'a call' : 'a connection'}`);
  }

  #data(streamId: number, length: number): void {
    const slot = (streamId >>> 1) % SLOTS;
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + length;
    this.#received += length;
    if (this.#received < WINDOW_BYTES / 2) return;
    this.#giveWindow(this.#received);
    this.#received = 0;
  }

  /** Every block must be decoded, in order. */
  #headers(block: { streamId: number; flags: number; bytes: Buffer; begin: number; end: number }): void {
    if ((block.flags & ~(END_STREAM | END_HEADERS)) !== 0 || (block.flags & END_HEADERS) === 0)
      throw new Error('padded or continued header blocks are not supported');
    const list = this.#decoder.decode(block.bytes, block.begin, block.end);
    if ((block.flags & END_STREAM) === 0) return;
    if (list !== this.#goodTrailers) {
      const value = (name: string): string | undefined => list.fields.find((field) => field.name === name)?.value;
      if (value('grpc-status') !== '0')
        throw new Error(
          `a call failed with gRPC status ${value('grpc-status')}: ${decodeURIComponent(value('grpc-message') ?? '')}`,
        );
      this.#goodTrailers = list;
    }
    const slot = (block.streamId >>> 1) % SLOTS;
    const kind = this.#kind[slot] ?? 0;
    const bytes = (this.#bytes[slot] ?? 0) - GRPC_PREFIX_BYTES;
    const least = defined(this.#calls[kind], 'the call').answerBytesMin;
    if (bytes < least) throw new Error(`an answer has ${bytes} bytes, but at least ${least} are expected`);
    this.#running -= 1;
    this.#caller.answered(kind, performance.now() - (this.#startedMs[slot] ?? 0));
  }

  #settings(payload: Buffer): void {
    for (let at = 0; at < payload.length; at += 6) {
      const [id, value] = [payload.readUInt16BE(at), payload.readUInt32BE(at + 2)];
      if (id === 1) this.#encoder.allowTable(value);
      if (id === 3 && value < this.#streams) throw new Error(`the server allows only ${value} calls on a connection`);
      if (id === 4 && value < FRAME_BYTES_MAX) throw new Error(`the window of a call has only ${value} bytes`);
    }
    this.#out.push(frame(TYPE.settings, ACK, 0, Buffer.alloc(0)));
    this.#isOpen = true;
  }

  #giveWindow(bytes: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes);
    this.#out.push(frame(TYPE.windowUpdate, 0, 0, payload));
  }

  #flush(): void {
    if (this.#out.length === 0) return;
    this.#socket.write(this.#out.length === 1 ? defined(this.#out[0], 'a frame') : Buffer.concat(this.#out));
    this.#out = [];
  }
}

function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
  writeHead(bytes, 0, { length: payload.length, type, flags, streamId });
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

function writeHead(
  bytes: Buffer,
  at: number,
  head: { readonly length: number; readonly type: number; readonly flags: number; readonly streamId: number },
): void {
  bytes.writeUIntBE(head.length, at, 3);
  bytes[at + 3] = head.type;
  bytes[at + 4] = head.flags;
  bytes.writeUInt32BE(head.streamId, at + 5);
}

function writeDigits(bytes: Buffer, at: number, number: number): void {
  let rest = number;
  for (let digit = at + KEY_DIGITS - 1; digit >= at; digit -= 1) {
    bytes[digit] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
