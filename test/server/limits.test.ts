import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { Code } from '../../src/rpc/status.js';
import { LIMITS, type Limit } from '../../src/util/limit-hits.js';
import { callHeaders, frame, FRAME, RawHttp2, resetOf, wholeCall } from '../rpc/raw-http2.js';
import { samples } from '../support/samples.js';
import { poll } from '../support/poll.js';
import type { RawSettings } from '../../src/server/settings/table.js';
import { endpointOf, LoneMember } from './lone-member.js';
import { bytesField } from './raw-proto.js';

const RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';
const KEY = bytesField(1, Buffer.from('key'));
const ONE_RANGE = bytesField(2, bytesField(1, KEY));
const TWO_RANGES = Buffer.concat([ONE_RANGE, ONE_RANGE]);

/** Bounds that the reference host has too: what exceeds each. */
const GRPC_JS_CASES: readonly (readonly [
  Limit,
  RawSettings,
  (lone: LoneMember, http2: () => Promise<RawHttp2>) => Promise<unknown>,
])[] = [
  ['request_bytes', { 'max-request-bytes': '1000' }, (lone) => lone.raw(RANGE, Buffer.alloc(600_000))],
  ['txn_ops', { 'max-txn-ops': '1' }, (lone) => lone.raw('/etcdserverpb.KV/Txn', TWO_RANGES)],
  [
    'reset_rate',
    {},
    async (_, http2) => {
      const client = await http2();
      const closed = once(client.socket, 'close');
      for (let at = 0; at < 900; at++)
        client.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }), resetOf(2 * at + 1));
      await closed;
    },
  ],
];

describe('the limits of a member', () => {
  let lone: LoneMember;
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await lone.dispose();
  });

  const start = async (settings: RawSettings = {}): Promise<void> => {
    lone = await LoneMember.start(settings);
    await lone.member.ready;
  };

  async function hits(): Promise<Map<string, number>> {
    const answer = await fetch(`http://${endpointOf(lone.member)}/metrics`, { headers: { connection: 'close' } });
    const all = samples(await answer.text());
    return new Map(
      [...all].flatMap(([name, value]) => {
        const [, limit] = /^raftkv_limit_hits_total\{limit="(.*)"\}$/.exec(name) ?? [];
        return limit === undefined ? [] : [[limit, value] as const];
      }),
    );
  }

  /** Waits until a limit has been hit, and expects that no other has. */
  async function expectHit(limit: Limit): Promise<void> {
    const found = await poll(`a hit of ${limit}`, async () => {
      const now = await hits();
      return (now.get(limit) ?? 0) > 0 ? now : undefined;
    });
    const others = [...found].filter(([name, count]) => count > 0 && name !== limit);
    expect(others).to.deep.equal([]);
  }

  const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);
  const clientPort = (): number => portOf(lone.member.clientUrls[0]);
  const peerPort = (): number => portOf(lone.member.peerUrls[0]);

  async function open(port: number, bytes = ''): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1' });
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'connect');
    if (bytes !== '') socket.write(bytes);
    return socket;
  }

  async function http2(): Promise<RawHttp2> {
    const client = await RawHttp2.open(clientPort());
    sockets.push(client.socket);
    client.write(frame(FRAME.settings, 1, 0));
    return client;
  }

  const ended = async (client: RawHttp2): Promise<void> => {
    await poll('GOAWAY', () => client.has(0, FRAME.goAway) || undefined);
  };

  it('are in the metrics from the start, with 0', async () => {
    await start();
    expect(await hits()).to.deep.equal(new Map(LIMITS.map((limit) => [limit, 0])));
  });

  it('count connections of clients', async () => {
    await start({ 'max-connections': '20' });
    const all = await Promise.all(Array.from({ length: 40 }, () => open(clientPort())));
    await poll('their ends', () => all.filter(({ closed }) => closed).length >= 20 || undefined);
    await expectHit('client_connections');
  });

  it('count connections to the peer port, and their rate', async () => {
    await start({ 'max-peer-connections': '16', 'max-peer-connection-rate': '1000' });
    const all = await Promise.all(Array.from({ length: 20 }, () => open(peerPort())));
    await poll('their ends', () => all.filter(({ closed }) => closed).length >= 4 || undefined);
    await expectHit('peer_connections');
    await lone.dispose();
    await start({ 'max-peer-connection-rate': '1' });
    for (let at = 0; at < 4; at++) await open(peerPort());
    await expectHit('connection_rate');
  });

  it('count connections for metrics', async () => {
    await start({ 'max-metrics-connections': '4', 'listen-metrics-urls': 'http://127.0.0.1:0' });
    for (let at = 0; at < 8; at++) await open(portOf(lone.member.metricsUrls[0]));
    await expectHit('metrics_connections');
  });

  it('end connections that send nothing, or have no request, for a time', async () => {
    await start({ 'connection-setup-timeout': '100ms' });
    await once(await open(clientPort()), 'close');
    await expectHit('setup_time');
    await lone.dispose();
    await start({ 'http-idle-timeout': '100ms' });
    await once(await open(clientPort(), 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n'), 'close');
    await expectHit('idle_time');
  });

  it('ask a gRPC connection without calls to end, and serve its last call', async () => {
    await start({ 'grpc-max-connection-idle': '1ms' });
    const client = await http2();
    client.write(callHeaders({ path: WATCH, streamId: 1 }));
    const idle = await http2();
    await ended(idle);
    await expectHit('idle_time');
    client.write(wholeCall({ path: RANGE, streamId: 3, body: KEY }));
    await poll('an answer', () => client.ended === 1 || undefined);
    expect(client.has(0, FRAME.goAway)).to.equal(false);
  });

  it('close a gRPC connection that does not answer pings', async () => {
    await start({ 'grpc-keepalive-interval': '1ms', 'grpc-keepalive-timeout': '1ms' });
    const socket = await open(clientPort(), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(Buffer.concat([frame(FRAME.settings, 0, 0), frame(FRAME.settings, 1, 0)]));
    await once(socket, 'close');
    await expectHit('keepalive_time');
  });

  it('refuse calls beyond those of a connection, and of all', async () => {
    await start({ 'max-concurrent-streams': '20' });
    const client = await http2();
    for (let at = 0; at < 21; at++) client.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }));
    await poll('a refusal', () => client.has(41, FRAME.reset) || undefined);
    await expectHit('concurrent_streams');
    await lone.dispose();
    await start({ 'max-total-streams': '20' });
    const [first, second] = [await http2(), await http2()];
    for (let at = 0; at < 10; at++) first.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }));
    first.write(wholeCall({ path: RANGE, streamId: 101, body: KEY }));
    await poll('an answer', () => first.ended === 1 || undefined);
    for (let at = 0; at < 20; at++) second.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }));
    await poll('a refusal', () => second.has(33, FRAME.reset) || undefined);
    await expectHit('total_streams');
  });

  it('bound the headers of a request, over gRPC and HTTP/1.1', async () => {
    await start({ 'max-header-list-bytes': '1024' });
    const token = 'x'.repeat(2_000);
    const { code, details } = await lone.raw(RANGE, KEY, { metadata: { token } });
    expect([code, details]).to.deep.equal([Code.UNKNOWN, 'Received HTTP status code 431']);
    await expectHit('header_list');
    const answer = await fetch(`http://${endpointOf(lone.member)}/health`, { headers: { authorization: token } });
    expect(answer.status).to.equal(431);
    expect((await hits()).get('header_list')).to.equal(2);
  });

  it('bound the size of a request: to be proposed, as a message, and as JSON', async () => {
    await start({ 'max-request-bytes': '1000' });
    const put = (bytes: number): Buffer => Buffer.concat([KEY, bytesField(2, Buffer.alloc(bytes))]);
    const path = '/etcdserverpb.KV/Put';
    expect(await lone.raw(path, put(1_000))).to.include({
      code: Code.INVALID_ARGUMENT,
      details: 'etcdserver: request is too large',
    });
    expect((await lone.raw(path, put(600_000))).code).to.equal(Code.RESOURCE_EXHAUSTED);
    const body = JSON.stringify({ key: 'a2V5', value: 'A'.repeat(1_200_000) });
    const answer = await fetch(`http://${endpointOf(lone.member)}/v3/kv/put`, { method: 'POST', body });
    expect(answer.status).to.equal(413);
    await expectHit('request_bytes');
    expect((await hits()).get('request_bytes')).to.equal(3);
  });

  it('bound the operations of a transaction, nested ones included', async () => {
    await start({ 'max-txn-ops': '4', 'max-txn-total-ops': '20' });
    const range = bytesField(2, bytesField(1, KEY));
    const txn = (count: number, op: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => op));
    const nested = (body: Buffer): Buffer => bytesField(2, bytesField(4, body));
    const path = '/etcdserverpb.KV/Txn';
    const refused = { code: Code.INVALID_ARGUMENT, details: 'etcdserver: too many operations in txn request' };
    expect((await lone.raw(path, txn(4, range))).code).to.equal(Code.OK);
    expect(await lone.raw(path, txn(5, range))).to.include(refused);
    expect((await lone.raw(path, txn(2, nested(txn(2, range))))).code).to.equal(Code.OK);
    const twoOfEach = bytesField(3, bytesField(1, KEY));
    const wide = txn(2, nested(Buffer.concat([txn(2, range), txn(2, twoOfEach)])));
    const both = Buffer.concat([
      wide,
      txn(2, bytesField(3, bytesField(4, Buffer.concat([txn(2, range), txn(2, twoOfEach)])))),
    ]);
    expect((await lone.raw(path, both)).code).to.equal(Code.OK);
    const more = Buffer.concat([both, bytesField(1, KEY)]);
    expect(await lone.raw(path, more)).to.include(refused);
    await expectHit('txn_ops');
    expect((await hits()).get('txn_ops')).to.equal(2);
  });

  it('bound the values of a JSON body', async () => {
    await start();
    const body = JSON.stringify({ compare: Array.from({ length: 50_001 }, () => ({})) });
    const answer = await fetch(`http://${endpointOf(lone.member)}/v3/kv/txn`, { method: 'POST', body });
    expect(answer.status).to.equal(429);
    await expectHit('json_values');
  });

  it('bound resets', async () => {
    await start({ 'max-reset-rate': '1' });
    const client = await http2();
    for (let at = 0; at < 12; at++)
      client.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }), resetOf(2 * at + 1));
    await ended(client);
    await expectHit('reset_rate');
  });

  it('bound control frames, and pings', async () => {
    await start({ 'max-control-frame-rate': '1' });
    const client = await http2();
    for (let at = 0; at < 12; at++) client.write(frame(FRAME.settings, 0, 0));
    await ended(client);
    await expectHit('control_frame_rate');
    await lone.dispose();
    await start({ 'grpc-keepalive-min-time': '1h' });
    const pinging = await http2();
    for (let at = 0; at < 5; at++) pinging.write(frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
    await ended(pinging);
    await expectHit('ping_rate');
  });

  it('bound watches', async () => {
    await start({ 'max-watches-per-stream': '1' });
    const client = await http2();
    const create = bytesField(1, KEY);
    const message = Buffer.concat([Buffer.from([0, 0, 0, 0, create.length]), create]);
    client.write(callHeaders({ path: WATCH, streamId: 1 }), frame(FRAME.data, 0, 1, Buffer.concat([message, message])));
    await poll('the end of the stream', () => client.ended === 1 || undefined);
    await expectHit('watches');
  });

  it('let calls of the gateway wait', async () => {
    await start({ 'max-concurrent-streams': '1' });
    const watch = await open(clientPort());
    const body = JSON.stringify({ create_request: { key: 'a2V5' } });
    watch.write(`POST /v3/watch HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await once(watch, 'data');
    const waiting = fetch(`http://${endpointOf(lone.member)}/v3/kv/range`, { method: 'POST', body: '{"key":"a2V5"}' });
    await expectHit('gateway_calls');
    watch.destroy();
    expect((await waiting).status).to.equal(200);
  });

  for (const [limit, settings, send] of GRPC_JS_CASES) {
    it(`count ${limit} with --rpc-host grpc-js too`, async () => {
      await start({ 'rpc-host': 'grpc-js', ...settings });
      await send(lone, http2);
      await expectHit(limit);
    });
  }
});
