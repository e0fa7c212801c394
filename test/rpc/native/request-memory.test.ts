import { expect } from 'chai';
import { ErrorCode } from '../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import { NativeHost } from '../../../src/rpc/native/native-host.js';
import { stream, unary, type StreamCall, type UnaryCall } from '../../../src/rpc/service.js';
import type { Limit } from '../../../src/util/limit-hits.js';
import { silentLogger } from '../../../src/util/logger.js';
import { block, frame, uint32 } from '../http2/peer.js';
import { ClientEnd } from '../http2/wire.js';

const KIB = 1024;
const HEAD_KIB = 10;
const STREAM = '/test/Stream';
const WAIT = '/test/Wait';

type Fields = readonly (readonly [string, string])[];

const blockOf = (path: string, extra: Fields = []): Buffer =>
  block([[':method', 'POST'], [':scheme', 'http'], [':path', path], ['content-type', 'application/grpc'], ...extra]);

/** Begins a call with a head of some 10 KiB, and sends no message. */
const openCall = (streamId: number, extra: Fields = [['x-fill', 'a'.repeat(HEAD_KIB * KIB)]]): Buffer =>
  frame(FrameType.HEADERS, Flag.END_HEADERS, streamId, blockOf(STREAM, extra));

const wholeCall = (streamId: number, kib: number): Buffer => {
  const body = Buffer.concat([Buffer.from([0]), uint32(kib * KIB), Buffer.alloc(kib * KIB)]);
  const parts = [frame(FrameType.HEADERS, Flag.END_HEADERS, streamId, blockOf(WAIT))];
  for (let at = 0; at < body.length; at += 16 * KIB) {
    const end = at + 16 * KIB;
    parts.push(frame(FrameType.DATA, end >= body.length ? Flag.END_STREAM : 0, streamId, body.subarray(at, end)));
  }
  return Buffer.concat(parts);
};

/** Streams 1, 3, 5 … */
const ids = (count: number): number[] => Array.from({ length: count }, (_, at) => 2 * at + 1);

describe('the memory of requests that are not answered yet', () => {
  let host: NativeHost;
  let hits: Limit[];
  let opened: StreamCall<unknown>[];
  let waiting: UnaryCall[];
  let bodies: Uint8Array[];
  const clients: ClientEnd[] = [];

  beforeEach(() => {
    hits = [];
    opened = [];
    waiting = [];
    bodies = [];
    const decode = (body: Uint8Array): Uint8Array => {
      bodies.push(body);
      return body;
    };
    host = new NativeHost({
      logger: silentLogger,
      onLimit: (limit) => hits.push(limit),
      unfinished: { connectionBytesMax: 256 * KIB, hostBytesMax: 512 * KIB },
      methods: [
        stream<Uint8Array>('bidi', {
          path: STREAM,
          decode,
          handle: (call) => {
            opened.push(call);
            call.onMessage(() => undefined);
          },
        }),
        unary<Uint8Array>({ path: WAIT, decode, handle: (call) => void waiting.push(call) }),
      ],
    });
  });

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await host.close({ graceMs: 0 });
  });

  const open = (): ClientEnd => {
    const client = new ClientEnd();
    clients.push(client);
    host.accept(client.socket.socket);
    client.begin();
    return client;
  };

  const refusedOn = (client: ClientEnd): number[] =>
    client.frames.filter(({ type }) => type === FrameType.RST_STREAM).map(({ payload }) => payload.readUInt32BE(0));

  // A call keeps its head until it ends, and only messages were counted: a client without a user opened streams with heads of
  // 60 KiB and sent nothing more. 17 connections ended a member for want of memory within half a minute.
  it('refuses calls whose heads do not fit the bound of the connection, until others have ended', async () => {
    const client = open();
    client.send(...ids(40).map((id) => openCall(id)));
    await client.turn();
    expect(opened.length, 'open calls').to.be.within(22, 25);
    expect(refusedOn(client)).to.deep.equal(Array(40 - opened.length).fill(ErrorCode.REFUSED_STREAM));
    expect(hits).to.deep.equal(Array(40 - opened.length).fill('request_memory'));

    const before = opened.length;
    for (const call of opened.slice(0, 5)) call.end();
    client.send(...ids(5).map((id) => frame(FrameType.RST_STREAM, 0, 2 * 10 + id, uint32(ErrorCode.CANCEL))));
    client.send(...ids(20).map((id) => openCall(100 + id)));
    await client.turn();
    expect(opened.length - before, 'calls in place of the ten that ended').to.equal(10);
  });

  // 1,900 references to one field of the table, in as many bytes, took 32 KB of lists in each call.
  it('counts the places of fields that a table holds', async () => {
    const client = open();
    const indexed = Buffer.concat([Buffer.from([0x40, 1]), Buffer.from('a'), Buffer.from([0])]);
    client.send(frame(FrameType.HEADERS, Flag.END_HEADERS, 1, Buffer.concat([blockOf(STREAM), indexed])));
    const references = Buffer.concat([blockOf(STREAM), Buffer.alloc(1_000, 0x80 | 62)]);
    client.send(...ids(40).map((id) => frame(FrameType.HEADERS, Flag.END_HEADERS, 2 + id, references)));
    await client.turn();
    expect(opened.length, 'open calls').to.be.within(14, 18);
  });

  it('does not count short heads', async () => {
    const client = open();
    client.send(...ids(1_000).map((id) => openCall(id, [['token', 'x'.repeat(500)]])));
    await client.turn();
    expect(opened).to.have.length(1_000);
    expect(hits).to.deep.equal([]);
  });

  // The connections of attackers together must not keep out the calls of others.
  it('cuts the connection that holds most for the call of one that holds less than half of it', async () => {
    const attackers = [open(), open()];
    for (const client of attackers) client.send(...ids(24).map((id) => openCall(id)));
    for (const client of attackers) await client.turn();
    expect(hits).to.deep.equal([]);
    const before = opened.length;
    const other = open();
    other.send(...ids(3).map((id) => openCall(id)));
    await other.turn();
    expect(opened.length - before, 'calls of the other client').to.equal(3);
    expect(refusedOn(other)).to.deep.equal([]);
    expect(attackers.filter(({ socket }) => socket.socket.destroyed)).to.have.length(1);
  });

  // Requests that are whole were not counted while they wait, as reads of a later revision do for as long as their callers like.
  it('refuses whole requests that do not fit, until others are answered', async () => {
    const client = open();
    client.send(...ids(10).map((id) => wholeCall(id, 50)));
    await client.turn();
    const begun = waiting.length;
    // The last one has its bytes in the buffer of its message too.
    expect(begun).to.be.within(4, 5);
    const trailers = client.frames.filter(({ type }) => type === FrameType.HEADERS);
    expect(trailers, 'refusals').to.have.length(10 - begun);
    expect(hits).to.deep.equal(Array(10 - begun).fill('request_memory'));
    for (const call of waiting.splice(0)) call.respond(new Uint8Array());
    client.send(...ids(4).map((id) => wholeCall(100 + id, 50)));
    await client.turn();
    expect(waiting).to.have.length(4);
  });

  /** A chunk of some 17 KiB in which all but one short message is of no meaning. */
  const chunkWith = (message: Buffer): Buffer => Buffer.concat([message, frame(0xee, 0, 0, Buffer.alloc(16 * KIB))]);
  const shortCall = (streamId: number, path = WAIT): Buffer => {
    const body = Buffer.concat([Buffer.from([0]), uint32(10), Buffer.alloc(10)]);
    const flags = path === WAIT ? Flag.END_STREAM : 0;
    return Buffer.concat([
      frame(FrameType.HEADERS, Flag.END_HEADERS, streamId, blockOf(path)),
      frame(FrameType.DATA, flags, streamId, body),
    ]);
  };
  const keptBytes = (): number =>
    [...new Set(bodies.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);

  // A waiting call keeps the chunk in which its message came, and only the message was counted, or nothing for a short one: 4,000
  // reads of a later revision, each in a chunk of 60 KB, kept 200 MB, and a connection may have as many for as long as it likes.
  it('copies short requests once those that wait keep many chunks, and counts a chunk once', async () => {
    const client = open();
    for (const id of ids(200)) {
      client.send(chunkWith(shortCall(id)));
      await client.turn();
    }
    expect([waiting.length, hits.length]).to.deep.equal([200, 0]);
    expect(keptBytes()).to.be.below(256 * KIB * 0.25);
    // Once they are answered, others are views again.
    for (const call of waiting.splice(0)) call.respond(new Uint8Array());
    await client.turn();
    bodies = [];
    client.send(chunkWith(Buffer.concat(ids(100).map((id) => shortCall(1_000 + id)))));
    await client.turn();
    expect(waiting).to.have.length(100);
    expect(new Set(bodies.map(({ buffer }) => buffer)).size).to.equal(1);
    expect(hits).to.deep.equal([]);
  });

  it('copies short messages of streams, whose handlers may keep them', async () => {
    const client = open();
    client.send(chunkWith(shortCall(1, STREAM)));
    await client.turn();
    expect(bodies.map(({ length, buffer }) => [length, buffer.byteLength])).to.deep.equal([[10, 10]]);
  });
});
