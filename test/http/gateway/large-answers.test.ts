import { once } from 'node:events';
import { request } from 'node:http';
import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { toJson } from '../../../src/http/json/to-json.js';
import { toJsonSteps } from '../../../src/http/json/to-json-steps.js';
import { MemberAnswers } from '../../../src/rpc/answer-room.js';
import { stream, unary } from '../../../src/rpc/service.js';
import { Schema } from '../../../src/schema/schema.js';
import { poll } from '../../support/poll.js';
import { expectShortTurns } from '../../support/time-limits.js';
import { answerTo, ServedPort, untilClosed } from '../served-port.js';
import { settled } from './texts.js';

const { RangeResponse, WatchResponse, TxnResponse } = etcdserverpb;
const schema = Schema.load();
const MIB = 1024 * 1024;

/** The answer to a range of this many keys. */
function range(keys: number, valueBytes: number): Uint8Array {
  const value = Buffer.alloc(valueBytes, 'v');
  const kvs = Array.from({ length: keys }, (_, key) => ({ key: Buffer.from(`key-${key}`), value, modRevision: key }));
  return RangeResponse.encode({ header: { revision: 7 }, kvs, more: true, count: keys }).finish();
}

describe('large answers of the gateway', () => {
  let served: ServedPort;
  let body: Uint8Array = Buffer.alloc(0);
  const methods = [
    unary<Uint8Array>({
      path: '/etcdserverpb.KV/Range',
      decode: (bytes) => bytes,
      handle: (call) => call.respond(body, { 'raftkv-test': 'yes' }),
    }),
    stream<Uint8Array>('bidi', {
      path: '/etcdserverpb.Watch/Watch',
      decode: (bytes) => bytes,
      handle: (call) => {
        call.onMessage(() => {
          for (const created of [true, false]) {
            call.send(WatchResponse.encode({ watchId: 1, created }).finish());
            call.send(body);
          }
          call.end();
        });
      },
    }),
  ];

  beforeEach(async () => (served = await ServedPort.start(methods, { schema })));
  afterEach(() => served.stop());

  const printed = (type: string, bytes: Uint8Array): string => {
    const parts: string[] = [];
    toJson(schema.message(`etcdserverpb.${type}`), bytes, (text) => parts.push(text));
    return parts.join('');
  };

  it('have the text of small ones', async () => {
    for (const [keys, valueBytes] of [
      [1, 1],
      [1, 200_000],
      [5_000, 100],
      [30, 50_000],
    ] as const) {
      body = range(keys, valueBytes);
      const answer = await served.post('/v3/kv/range', '{}');
      expect(answer.status).to.equal(200);
      expect(answer.headers).to.include({ 'content-type': 'application/json', 'raftkv-test': 'yes' });
      expect(answer.body === printed('RangeResponse', body), `${keys} keys`).to.equal(true);
    }
  });

  it('have the same text whatever the message: unions, lists in lists, merged parts, defaults', () => {
    const inner = { responseRange: RangeResponse.decode(range(400, 100)) };
    const nested = { responseTxn: { responses: [inner, { responsePut: {} }], succeeded: true } };
    const whole = TxnResponse.encode({ header: { revision: 3 }, responses: [inner, nested, {}] }).finish();
    const more = TxnResponse.encode({ header: { raftTerm: 9 }, responses: [nested] }).finish();
    const messages = [[whole], [Buffer.concat([whole, more])], [whole, more], [more, more, whole], [more, whole, more]];
    for (const parts of messages) {
      let text = '';
      const steps = toJsonSteps(schema.message('etcdserverpb.TxnResponse'), parts, (piece) => (text += piece));
      for (let step = steps.next(); step.done !== true; step = steps.next());
      expect(text === printed('TxnResponse', Buffer.concat(parts))).to.equal(true);
    }
  });

  // A store's answer is in pieces that end between the length of a value and the value.
  it('have the same text from any pieces', () => {
    const bytes = Buffer.concat([range(3, 20_000), Buffer.from([0xfa, 0x3e, 2, 7, 7, 0xf5, 0x3e, 1, 2, 3, 4])]);
    const whole = printed('RangeResponse', bytes);
    for (const size of [1, 2, 3, 5, 4_096, 20_001, 59_999]) {
      const pieces = [Buffer.alloc(0)];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size), Buffer.alloc(0));
      let text = '';
      const steps = toJsonSteps(schema.message('etcdserverpb.RangeResponse'), pieces, (piece) => (text += piece));
      for (let step = steps.next(); step.done !== true; step = steps.next());
      expect(text === whole, `pieces of ${size}`).to.equal(true);
    }
    for (const cut of [1, 30_000, bytes.length - 12]) {
      const steps = toJsonSteps(
        schema.message('etcdserverpb.RangeResponse'),
        [bytes.subarray(0, cut), Buffer.alloc(0)],
        () => undefined,
      );
      expect(() => {
        for (let step = steps.next(); step.done !== true; step = steps.next());
      }, `cut at ${cut}`).to.throw(RangeError);
    }
  });

  it('are whole lines of a stream, in order, before its end', async () => {
    body = WatchResponse.encode({
      events: Array.from({ length: 3_000 }, (_, key) => ({ kv: { key: Buffer.from(`key-${key}`) } })),
    }).finish();
    const small = (created: boolean): string =>
      `{"result":${printed('WatchResponse', WatchResponse.encode({ watchId: 1, created }).finish())}}\n`;
    const large = `{"result":${printed('WatchResponse', body)}}\n`;
    const answer = await served.post('/v3/watch', '{}');
    expect(answer.body === small(true) + large + small(false) + large).to.equal(true);
  });

  // A range of 100 MB was converted to JSON in one turn: other requests waited for 1.1 s.
  it('do not hold the event loop', async function () {
    this.timeout(300_000);
    body = range(64 * 1024, 1024);
    const read = async (): Promise<void> => {
      let bytes = 0;
      const sent = request({ port: served.number, host: '127.0.0.1', method: 'POST', path: '/v3/kv/range' });
      sent.end('{}');
      const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      await once(answer, 'end');
      expect(bytes).to.be.greaterThan(64 * MIB);
    };
    await expectShortTurns(read, { limitMs: 150 });
  });

  it('are made no faster than their client reads', async () => {
    body = range(32 * 1024, 1024);
    const socket = await served.rawSocket();
    socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    socket.write('POST /v3/kv/range HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}');
    const written = await settled(() => served.sockets[0]?.bytesWritten ?? 0);
    expect(written).to.be.within(1, 16 * MIB);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(16 * MIB);
    socket.destroy();
    await poll('the end of the connection', () => served.sockets[0]?.destroyed || undefined);
  });

  // Each connection held its whole answer until its client had read it, without a limit on all connections.
  it('wait for room in the memory that all connections share', async () => {
    await served.stop();
    const answers = new MemberAnswers({ memberBytesMax: 8 * MIB, makingPerMemberMax: 2, stalledMs: 60_000 });
    let made = 0;
    const make = unary<Uint8Array>({
      path: '/etcdserverpb.KV/Range',
      decode: (bytes) => bytes,
      handle: (call) => {
        const answer = (): undefined => {
          made += 1;
          call.respond([body.subarray(0, 0), body]);
        };
        call.answerRoom?.admit({ call, make: answer, isBrief: false });
      },
    });
    served = await ServedPort.start([make], { schema, answers });
    body = range(4 * 1024, 1024);
    const sockets = await Promise.all(Array.from({ length: 6 }, () => served.rawSocket()));
    for (const socket of sockets) {
      socket.pause();
      socket.write('POST /v3/kv/range HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}');
    }
    expect(await settled(() => made)).to.equal(2);
    expect(answers.bytes).to.equal(2 * body.length);
    const heard = sockets.map((socket) => untilClosed(socket));
    for (const socket of sockets) socket.resume();
    for (const text of await Promise.all(heard))
      expect(text)
        .to.match(/^HTTP\/1.1 200 OK/)
        .and.match(/0\r\n\r\n$/);
    expect(made).to.equal(6);
    await poll('the memory to be free', () => answers.bytes === 0 || undefined);
  });

  it('end with their client', async () => {
    body = range(32 * 1024, 1024);
    const sent = served.open('/v3/kv/range', { agent: false });
    sent.end('{}');
    await once(sent, 'response');
    sent.destroy();
    await poll('the end of the connection', () => served.sockets.at(-1)?.destroyed || undefined);
    body = range(1, 1);
    const next = served.open('/v3/kv/range', { agent: false });
    next.end('{}');
    expect((await answerTo(next)).status).to.equal(200);
  });
});
