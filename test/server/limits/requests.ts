import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { callHeaders, frame, FRAME, wholeCall, type RawHttp2 } from '../../rpc/raw-http2.js';
import { expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { samples } from '../../support/samples.js';
import { bytesField } from '../raw-proto.js';
import { goneAway, type LimitedMember } from './limited-member.js';

const RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';
const KEY = bytesField(1, Buffer.from('key'));
const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;

/** Tests of the limits on requests and their answers. */
export function requestLimits(member: LimitedMember): void {
  it('refuse calls beyond those of a connection, and of all', async () => {
    await member.start({ 'max-concurrent-streams': '20' });
    const client = await member.http2();
    for (let at = 0; at < 21; at++) client.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }));
    await poll('a refusal', () => client.has(41, FRAME.reset) || undefined);
    await member.expectHit('concurrent_streams');
    await member.start({ 'max-total-streams': '20' });
    const [first, second] = [await member.http2(), await member.http2()];
    for (let at = 0; at < 10; at++) first.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }));
    first.write(wholeCall({ path: RANGE, streamId: 101, body: KEY }));
    await poll('an answer', () => first.ended === 1 || undefined);
    for (let at = 0; at < 20; at++) second.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }));
    await poll('a refusal', () => second.has(33, FRAME.reset) || undefined);
    await member.expectHit('total_streams');
  });

  it('bound the headers of a request, over gRPC and HTTP/1.1', async () => {
    await member.start({ 'max-header-list-bytes': '1024' });
    const token = 'x'.repeat(2_000);
    const { code, details } = await member.lone.raw(RANGE, KEY, { metadata: { token } });
    expect([code, details]).to.deep.equal([Code.UNKNOWN, 'Received HTTP status code 431']);
    await member.expectHit('header_list');
    const answer = await fetch(`${member.httpUrl}/health`, { headers: { authorization: token } });
    expect(answer.status).to.equal(431);
    expect((await member.hits()).get('header_list')).to.equal(2);
  });

  it('bound the size of a request: to be proposed, as a message, and as JSON', async () => {
    await member.start({ 'max-request-bytes': '1000' });
    const put = (bytes: number): Buffer => Buffer.concat([KEY, bytesField(2, Buffer.alloc(bytes))]);
    const path = '/etcdserverpb.KV/Put';
    expect(await member.lone.raw(path, put(1_000))).to.include({
      code: Code.INVALID_ARGUMENT,
      details: 'etcdserver: request is too large',
    });
    expect((await member.lone.raw(path, put(600_000))).code).to.equal(Code.RESOURCE_EXHAUSTED);
    const body = JSON.stringify({ key: 'a2V5', value: 'A'.repeat(1_200_000) });
    const answer = await fetch(`${member.httpUrl}/v3/kv/put`, { method: 'POST', body });
    expect(answer.status).to.equal(413);
    await member.expectHit('request_bytes');
    expect((await member.hits()).get('request_bytes')).to.equal(3);
  });

  it('bound the operations of a transaction, nested ones included', async () => {
    await member.start({ 'max-txn-ops': '4', 'max-txn-total-ops': '20' });
    const range = bytesField(2, bytesField(1, KEY));
    const txn = (count: number, op: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => op));
    const nested = (body: Buffer): Buffer => bytesField(2, bytesField(4, body));
    const path = '/etcdserverpb.KV/Txn';
    const refused = { code: Code.INVALID_ARGUMENT, details: 'etcdserver: too many operations in txn request' };
    expect((await member.lone.raw(path, txn(4, range))).code).to.equal(Code.OK);
    expect(await member.lone.raw(path, txn(5, range))).to.include(refused);
    expect((await member.lone.raw(path, txn(2, nested(txn(2, range))))).code).to.equal(Code.OK);
    const twoOfEach = bytesField(3, bytesField(1, KEY));
    const wide = txn(2, nested(Buffer.concat([txn(2, range), txn(2, twoOfEach)])));
    const both = Buffer.concat([
      wide,
      txn(2, bytesField(3, bytesField(4, Buffer.concat([txn(2, range), txn(2, twoOfEach)])))),
    ]);
    expect((await member.lone.raw(path, both)).code).to.equal(Code.OK);
    const more = Buffer.concat([both, bytesField(1, KEY)]);
    expect(await member.lone.raw(path, more)).to.include(refused);
    await member.expectHit('txn_ops');
    expect((await member.hits()).get('txn_ops')).to.equal(2);
  });

  it('bound the values of a JSON body', async () => {
    await member.start();
    const body = JSON.stringify({ compare: Array.from({ length: 50_001 }, () => ({})) });
    const answer = await fetch(`${member.httpUrl}/v3/kv/txn`, { method: 'POST', body });
    expect(answer.status).to.equal(429);
    await member.expectHit('json_values');
  });

  it('let calls of the gateway wait', async () => {
    await member.start({ 'max-concurrent-streams': '1' });
    const watch = await member.open(member.clientPort);
    const body = JSON.stringify({ create_request: { key: 'a2V5' } });
    watch.write(`POST /v3/watch HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await once(watch, 'data');
    const waiting = fetch(`${member.httpUrl}/v3/kv/range`, { method: 'POST', body: '{"key":"a2V5"}' });
    await member.expectHit('gateway_calls');
    watch.destroy();
    expect((await waiting).status).to.equal(200);
  });

  it('bound the encoded headers of a request', async () => {
    await member.start();
    const client = await member.http2();
    const [NO_FLAGS, STREAM] = [0, 1];
    client.write(frame(FRAME.headers, NO_FLAGS, STREAM));
    for (let at = 0; at < 20; at++) client.write(frame(FRAME.continuation, NO_FLAGS, STREAM));
    await goneAway(client);
    await member.expectHit('header_block');
  });

  it('bound the bytes of incomplete requests, of a gRPC connection and of all JSON bodies', async () => {
    await member.start({ 'max-request-bytes': '1000' });
    // A message may have 1,000 bytes and 512 KiB; each of these lacks its last byte.
    const prefix = Buffer.from([0, 0, 8, 0, 0]);
    const incomplete = Buffer.concat([prefix, Buffer.alloc(512 * 1024 - 1)]);
    const session = connectHttp2(member.httpUrl);
    const request = { ':method': 'POST', ':path': RANGE, 'content-type': 'application/grpc', te: 'trailers' };
    const reset = new Promise<number>((resolve) => {
      for (let at = 0; at < 300; at++) {
        const stream = session.request(request);
        stream.on('error', () => resolve(stream.rstCode)).write(incomplete);
      }
    });
    expect(await reset).to.equal(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    const before = await member.expectHit('request_memory');
    session.destroy();

    const bodyBytes = 1_000_000;
    const head = `POST /v3/kv/put HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${bodyBytes}\r\n\r\n`;
    const answers: string[] = [];
    for (let at = 0; at < 40 && answers.length === 0; at++) {
      const socket = await member.open(member.clientPort, head);
      socket.on('data', (chunk: Buffer) => answers.push(String(chunk)));
      socket.write(`{"value":"${'A'.repeat(bodyBytes - 100)}`);
    }
    await poll('an answer', () => answers.length > 0 || undefined);
    expect(answers[0]).to.match(/^HTTP\/1.1 429 /);
    expect(await member.expectHit('request_memory')).to.be.above(before);
  });

  it('bound the time for a frame of HTTP/2', async () => {
    await member.start();
    const client = await member.http2();
    client.write(callHeaders({ path: RANGE, streamId: 1 }), frame(FRAME.data, 0, 1, Buffer.alloc(100)).subarray(0, 50));
    await poll('the call', async () => ((await member.hits()).size > 0 ? true : undefined));
    const nowMs = performance.now();
    const clock = useFakeTimers({ toFake: ['performance'] });
    try {
      clock.tick(nowMs + MINUTE_MS + 1);
      while (!client.has(0, FRAME.goAway)) await turn();
    } finally {
      clock.restore();
    }
    await member.expectHit('request_time');
  });

  it('bound the time for a JSON body', async () => {
    await member.start();
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answers: string[] = [];
    try {
      const head = 'POST /v3/kv/put HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{';
      const socket = await member.open(member.clientPort, head);
      socket.on('data', (chunk: Buffer) => answers.push(String(chunk)));
      for (; answers.length === 0; await turn()) clock.tick(MINUTE_MS);
    } finally {
      clock.restore();
    }
    expect(answers[0]).to.match(/^HTTP\/1.1 408 /);
    await member.expectHit('request_time');
  });

  it('close a connection that reads nothing while all answers have taken their room', async function () {
    this.timeout(120_000);
    await member.start();
    const [valueBytes, keys] = [MIB, 70];
    for (let at = 0; at < keys; at++) expectOk(await member.lone.client.put(`large-${at}`, 'x'.repeat(valueBytes)));
    const range = { key: Buffer.from('large-'), rangeEnd: Buffer.from('large.') };
    const body = etcdserverpb.RangeRequest.encode(range).finish();
    const stalled: RawHttp2[] = [];
    // An answer has 70 MiB, so eight connections with one answer each fill the room of 512 MiB.
    for (let at = 0; at < 8; at++) {
      const client = await member.http2(0);
      client.write(wholeCall({ path: RANGE, streamId: 1, body }));
      stalled.push(client);
    }
    await poll('full room', async () => ((await unsentBytes(member)) >= 512 * MIB ? true : undefined));
    const waiting = await member.http2(4 * valueBytes);
    const first = etcdserverpb.RangeRequest.encode({ ...range, limit: 1 }).finish();
    waiting.write(wholeCall({ path: RANGE, streamId: 1, body: first }));
    await Promise.race(stalled.map(({ socket }) => once(socket, 'close')));
    await poll('the answer that waited', () => waiting.ended === 1 || undefined);
    await member.expectHit('unread_answers');
  });
}

/** Bytes of answers that clients have not taken, by the metrics. */
async function unsentBytes(member: LimitedMember): Promise<number> {
  const answer = await fetch(`${member.httpUrl}/metrics`, { headers: { connection: 'close' } });
  return samples(await answer.text()).get('raftkv_unsent_answer_bytes') ?? 0;
}
