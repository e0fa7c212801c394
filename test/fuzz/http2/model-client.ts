import { Flag, FrameType, PREFACE, WINDOW_INITIAL } from '../../../src/rpc/http2/frames.js';
import { HpackEncoder, type OutgoingField } from '../../../src/rpc/http2/hpack-encoder.js';
import { frame, uint32, type SeenFrame } from '../../rpc/http2/peer.js';
import { setting } from '../../rpc/http2/wire.js';
import { check } from '../check.js';
import { decoded, newDecoder } from './decoded.js';
import { answerTo, pathOf, type Plan } from './answers.js';

const SETTING = { HEADER_TABLE_SIZE: 1, INITIAL_WINDOW_SIZE: 4, MAX_FRAME_SIZE: 5 } as const;
const TABLE_BYTES = 4096;
const REFUSED_STREAM = 7;

/** The client's view of a stream. */
export interface ModelStream {
  readonly id: number;
  readonly plan: Plan;
  readonly body: Buffer;
  /** Bytes of the body that were sent. */
  sent: number;
  /** Whether the client has ended its side. */
  isSent: boolean;
  /** Windows: the bytes that the client may send, and those that the server may send. */
  sendWindow: number;
  receiveWindow: number;
  hasHeaders: boolean;
  readonly parts: Buffer[];
  /** Whether it was opened while, as far as the client knows, the server had as many streams as it allows. */
  readonly isBeyond: boolean;
  state: 'open' | 'answered' | 'over' | 'reset' | 'refused';
}

/** Settings that the server has not acknowledged. */
interface Settings {
  readonly initialWindow?: number;
  readonly frameBytesMax?: number;
  readonly tableBytes?: number;
}

/** A client that keeps the rules of RFC 9113, and checks that the server does. */
export class ModelClient {
  readonly streams = new Map<number, ModelStream>();
  #outbox: Buffer[] = [];
  readonly #encoder = new HpackEncoder();
  readonly #limits = { tableBytesMax: TABLE_BYTES, listBytesMax: 100_000 };
  readonly #decoder = newDecoder(this.#limits);
  readonly #settings: Settings[] = [];
  readonly #pings: Buffer[] = [];
  #block: { readonly id: number; readonly isLast: boolean; readonly parts: Buffer[] } | undefined;
  #nextId = 1;
  #initialWindow = WINDOW_INITIAL;
  #frameBytesMax = 16_384;
  #tableBytes = TABLE_BYTES;
  #needsTableUpdate = false;
  sendWindow = WINDOW_INITIAL;
  receiveWindow = WINDOW_INITIAL;
  /** The window that the server gives to new streams. */
  #serverWindow = WINDOW_INITIAL;
  readonly #streamsMax: number;
  goAway: { readonly lastId: number; readonly code: number } | undefined;

  constructor(streamsMax: number) {
    this.#streamsMax = streamsMax;
    this.#outbox.push(PREFACE);
  }

  get openStreams(): ModelStream[] {
    return [...this.streams.values()].filter(({ state }) => state === 'open');
  }

  /** Bytes that wait to be sent. */
  takeOutbox(): Buffer {
    const bytes = Buffer.concat(this.#outbox);
    this.#outbox = [];
    return bytes;
  }

  send(type: number, flags: number, streamId: number, payload?: Uint8Array): void {
    this.#outbox.push(frame(type, flags, streamId, payload));
  }

  changeSettings({ initialWindow, frameBytesMax, tableBytes }: Settings): void {
    const parts: Buffer[] = [setting(0x77, 1)];
    if (initialWindow !== undefined) parts.push(setting(SETTING.INITIAL_WINDOW_SIZE, initialWindow));
    if (frameBytesMax !== undefined) parts.push(setting(SETTING.MAX_FRAME_SIZE, frameBytesMax));
    if (tableBytes !== undefined) parts.push(setting(SETTING.HEADER_TABLE_SIZE, tableBytes));
    this.send(FrameType.SETTINGS, 0, 0, Buffer.concat(parts));
    this.#settings.push({ initialWindow, frameBytesMax, tableBytes } as Settings);
  }

  ping(bytes: Buffer): void {
    this.#pings.push(bytes);
    this.send(FrameType.PING, 0, 0, bytes);
  }

  /** @param fields further header fields @param cut where CONTINUATION continues the block */
  open(plan: Plan, body: Buffer, fields: readonly OutgoingField[], cut: (block: Buffer) => readonly Buffer[]): void {
    const id = this.#nextId;
    this.#nextId += 2;
    const request = [
      { name: ':method', value: 'POST' },
      { name: ':scheme', value: 'http' },
      { name: ':path', value: pathOf(plan), repeats: true },
      ...fields,
    ];
    const isSent = body.length === 0;
    const isBeyond = this.openStreams.length >= this.#streamsMax;
    const [first = Buffer.alloc(0), ...rest] = cut(Buffer.from(this.#encoder.encode(request)));
    const flags = (rest.length === 0 ? Flag.END_HEADERS : 0) | (isSent ? Flag.END_STREAM : 0);
    this.send(FrameType.HEADERS, flags, id, first);
    for (const [index, part] of rest.entries()) {
      this.send(FrameType.CONTINUATION, index === rest.length - 1 ? Flag.END_HEADERS : 0, id, part);
    }
    const windows = { sendWindow: this.#serverWindow, receiveWindow: this.#initialWindow };
    const start = { sent: 0, isSent, hasHeaders: false, parts: [], isBeyond, state: 'open' } as const;
    this.streams.set(id, { id, plan, body, ...windows, ...start, parts: [] });
  }

  /** Sends DATA as far as the windows allow. @param padding bytes of padding, or -1 for a frame without the PADDED flag */
  sendData(stream: ModelStream, bytesMax: number, padding: number, endsApart: boolean): void {
    const extra = padding < 0 ? 0 : padding + 1;
    const room = Math.min(stream.sendWindow, this.sendWindow, 16_384) - extra;
    const length = Math.min(bytesMax, room, stream.body.length - stream.sent);
    if (length < 0 || stream.isSent || stream.state !== 'open') return;
    const end = stream.sent + length;
    const isLast = end === stream.body.length && !endsApart;
    if (length + extra === 0 && !isLast && end < stream.body.length) return;
    const part = stream.body.subarray(stream.sent, end);
    const payload = padding < 0 ? part : Buffer.concat([Buffer.from([padding]), part, Buffer.alloc(padding)]);
    this.send(FrameType.DATA, (padding < 0 ? 0 : Flag.PADDED) | (isLast ? Flag.END_STREAM : 0), stream.id, payload);
    stream.sent = end;
    stream.sendWindow -= payload.length;
    this.sendWindow -= payload.length;
    stream.isSent = isLast;
  }

  /** Ends a request whose body has been sent, with trailers. */
  sendTrailers(stream: ModelStream): void {
    if (stream.isSent || stream.sent < stream.body.length || stream.state !== 'open') return;
    const block = this.#encoder.encode([{ name: 'end', value: 'here', repeats: true }]);
    this.send(FrameType.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, stream.id, block);
    stream.isSent = true;
  }

  reset(stream: ModelStream): void {
    this.send(FrameType.RST_STREAM, 0, stream.id, uint32(8));
    stream.state = 'reset';
  }

  widen(stream: ModelStream | undefined, bytes: number): void {
    this.send(FrameType.WINDOW_UPDATE, 0, stream?.id ?? 0, uint32(bytes));
    if (stream === undefined) this.receiveWindow += bytes;
    else stream.receiveWindow += bytes;
  }

  receive({ type, flags, streamId, payload }: SeenFrame): void {
    check(payload.length <= this.#frameBytesMax, `a frame of ${payload.length} bytes`);
    check(this.#block === undefined || type === FrameType.CONTINUATION, 'a header block is interrupted');
    switch (type) {
      case FrameType.SETTINGS:
        return this.#onSettings(flags, payload);
      case FrameType.PING:
        if ((flags & Flag.ACK) === 0) return this.send(FrameType.PING, Flag.ACK, 0, payload);
        return check(this.#pings.shift()?.equals(payload) === true, 'an answer to another PING');
      case FrameType.WINDOW_UPDATE:
        return this.#onWindowUpdate(streamId, payload.readUInt32BE(0));
      case FrameType.GOAWAY:
        this.goAway = { lastId: payload.readUInt32BE(0), code: payload.readUInt32BE(4) };
        return;
      case FrameType.RST_STREAM:
        return this.#onReset(this.#stream(streamId), payload.readUInt32BE(0));
      case FrameType.DATA:
        return this.#onData(this.#stream(streamId), flags, payload);
      case FrameType.HEADERS:
        this.#block = { id: streamId, isLast: (flags & Flag.END_STREAM) !== 0, parts: [] };
        return this.#onFragment(streamId, flags, payload);
      case FrameType.CONTINUATION:
        return this.#onFragment(streamId, flags, payload);
      default:
        throw new Error(`a frame of type ${type}`);
    }
  }

  #stream(id: number): ModelStream {
    const stream = this.streams.get(id);
    if (stream === undefined) throw new Error(`a frame of stream ${id}, which is not open`);
    return stream;
  }

  #onSettings(flags: number, payload: Buffer): void {
    if ((flags & Flag.ACK) === 0) {
      for (let at = 0; at < payload.length; at += 6) {
        if (payload.readUInt16BE(at) !== SETTING.INITIAL_WINDOW_SIZE) continue;
        const change = payload.readUInt32BE(at + 2) - this.#serverWindow;
        this.#serverWindow += change;
        for (const stream of this.streams.values()) stream.sendWindow += change;
      }
      return this.send(FrameType.SETTINGS, Flag.ACK, 0);
    }
    const acknowledged = this.#settings.shift();
    if (acknowledged === undefined) throw new Error('an acknowledgement without settings to acknowledge');
    const { initialWindow = this.#initialWindow, frameBytesMax, tableBytes } = acknowledged;
    for (const stream of this.streams.values()) stream.receiveWindow += initialWindow - this.#initialWindow;
    this.#initialWindow = initialWindow;
    this.#frameBytesMax = frameBytesMax ?? this.#frameBytesMax;
    if (tableBytes === undefined) return;
    if (tableBytes < Math.min(this.#tableBytes, TABLE_BYTES)) this.#needsTableUpdate = true;
    this.#tableBytes = tableBytes;
    this.#limits.tableBytesMax = Math.max(tableBytes, this.#limits.tableBytesMax);
  }

  #onWindowUpdate(streamId: number, bytes: number): void {
    check(bytes > 0, 'a WINDOW_UPDATE of 0');
    if (streamId === 0) this.sendWindow += bytes;
    else this.#stream(streamId).sendWindow += bytes;
  }

  #onReset(stream: ModelStream, code: number): void {
    if (stream.state === 'reset') return;
    // The server has answered early and needs no more of the request, part of which may be in flight.
    if (code === 0 && stream.state === 'answered') stream.state = 'over';
    else if (code === REFUSED_STREAM && stream.isBeyond && !stream.hasHeaders) stream.state = 'refused';
    else throw new Error(`stream ${stream.id} (${stream.state}) is reset with ${code}`);
  }

  #onData(stream: ModelStream, flags: number, payload: Buffer): void {
    stream.receiveWindow -= payload.length;
    this.receiveWindow -= payload.length;
    check(stream.receiveWindow >= 0 || payload.length === 0, `stream ${stream.id}: more DATA than its window allows`);
    check(this.receiveWindow >= 0, 'more DATA than the window of the connection allows');
    if (stream.state === 'reset') return;
    check(stream.state === 'open' && stream.hasHeaders, `stream ${stream.id}: DATA while ${stream.state}`);
    check((flags & ~Flag.END_STREAM) === 0, 'DATA with flags');
    stream.parts.push(payload);
    if ((flags & Flag.END_STREAM) !== 0) this.#onEnd(stream);
  }

  #onFragment(streamId: number, flags: number, payload: Buffer): void {
    const block = this.#block;
    if (block === undefined || block.id !== streamId) throw new Error('CONTINUATION without its HEADERS');
    block.parts.push(payload);
    if ((flags & Flag.END_HEADERS) === 0) return;
    this.#block = undefined;
    const bytes = Buffer.concat(block.parts);
    if (this.#needsTableUpdate) check(((bytes[0] ?? 0) & 0xe0) === 0x20, 'no update of the table after its reduction');
    this.#needsTableUpdate = false;
    const fields = decoded(this.#decoder, bytes).map(([name, value]) => `${name}: ${value}`);
    this.#onHeaders(this.#stream(streamId), fields, block.isLast);
  }

  #onHeaders(stream: ModelStream, fields: readonly string[], isLast: boolean): void {
    if (stream.state === 'reset') return;
    check(stream.state === 'open', `stream ${stream.id}: HEADERS while ${stream.state}`);
    const wanted = isLast ? `stream: ${stream.id}` : ':status: 200';
    check(isLast === stream.hasHeaders, `stream ${stream.id}: headers in a wrong order`);
    check(fields.join() === wanted, `stream ${stream.id}: ${fields.join()}`);
    stream.hasHeaders = true;
    if (isLast) this.#onEnd(stream);
  }

  #onEnd(stream: ModelStream): void {
    stream.state = 'answered';
    const body = stream.body.subarray(0, stream.sent);
    const plan: Plan = stream.plan.kind === 'never' ? { kind: 'early', size: 0 } : stream.plan;
    const answer = Buffer.concat(stream.parts);
    check(answer.equals(answerTo(stream.id, plan, body)), `stream ${stream.id}: another answer`);
  }
}
