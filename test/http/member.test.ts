import { Agent, request } from 'node:http';
import { expect } from 'chai';
import { PATHS } from '../../src/http/gateway/paths.js';
import { ETCD_API_VERSION, ETCD_CLUSTER_VERSION, ETCD_STORAGE_VERSION } from '../../src/server/settings/version.js';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { elapsedMs, expectShortWait } from '../support/time-limits.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { answerTo, type Answer } from './served-port.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

class MemberOverHttp {
  readonly lone: LoneMember;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(lone: LoneMember) {
    this.lone = lone;
  }

  /** Sends a POST if there is a body; a body that is not a string is sent as JSON. */
  ask(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(`http://${endpointOf(this.lone.member)}${path}`, { method, headers, agent: this.#agent });
    sent.end(typeof body === 'string' ? body : JSON.stringify(body));
    return answerTo(sent);
  }

  async json(path: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const { status, body: text } = await this.ask(path, body, headers);
    expect(status, text).to.equal(200);
    return JSON.parse(text);
  }

  async dispose(): Promise<void> {
    await this.lone.dispose();
    this.#agent.destroy();
  }
}

describe('a member over HTTP', () => {
  let http: MemberOverHttp;

  before(async () => {
    http = new MemberOverHttp(await LoneMember.start());
    expectOk(await http.lone.client.put('seen', 'by gRPC'));
  });

  after(() => http.dispose());

  it('writes, reads, transacts and deletes', async () => {
    await http.json('/v3/kv/put', { key: base64('k'), value: base64('v') });
    const range = await http.json('/v3/kv/range', { key: base64('k') });
    expect(range).to.have.nested.property('kvs[0].value', base64('v'));
    expect(await http.json('/v3/kv/range', { key: base64('seen') })).to.have.nested.property(
      'kvs[0].value',
      base64('by gRPC'),
    );
    const txn = await http.json('/v3/kv/txn', {
      compare: [{ key: base64('k'), target: 'VERSION', result: 'EQUAL', version: '1' }],
      success: [{ request_put: { key: base64('k'), value: base64('w'), prev_kv: true } }],
    });
    expect(txn).to.have.property('succeeded', true);
    expect(txn).to.have.nested.property('responses[0].response_put.prev_kv.value', base64('v'));
    expect(await http.json('/v3/kv/deleterange', { key: base64('k') })).to.have.property('deleted', '1');
    const gone = (await http.json('/v3beta/kv/range', { key: base64('k') })) as object;
    expect(Object.keys(gone)).to.deep.equal(['header']);
  });

  it('answers errors of the store with their HTTP status', async () => {
    const future = await http.ask('/v3/kv/range', { key: base64('k'), revision: '1000' });
    const message = 'etcdserver: mvcc: required revision is a future revision';
    expect(future).to.include({ status: 400, body: JSON.stringify({ error: message, message, code: 11 }) });
    const tooLarge = await http.ask('/v3/kv/put', { key: base64('k'), value: base64('x'.repeat(1_600_000)) });
    expect(tooLarge.status).to.equal(400);
    expect(tooLarge.body).to.include('etcdserver: request is too large');
    const larger = await http.ask('/v3/kv/put', { key: base64('k'), value: base64('x'.repeat(2_500_000)) });
    expect(larger.status).to.equal(429);
    expect(larger.body).to.include('grpc: received message larger than max');
    const unknown = await http.ask('/v3/cluster/member/remove', { ID: '7' });
    expect(unknown.status).to.equal(404);
  });

  it("serves the Auth service at etcd's paths", async () => {
    const auth = Object.entries(PATHS).filter(([method]) => method.startsWith('/etcdserverpb.Auth/'));
    expect(auth).to.have.length(17);
    const status = await http.ask('/v3/auth/status', {});
    expect(status.status).to.equal(200);
    expect(JSON.parse(status.body)).to.include({ authRevision: '1' });
    const refused = await http.ask('/v3/auth/enable', {});
    expect(refused.status).to.equal(400);
    expect(JSON.parse(refused.body)).to.include({ code: 9, message: 'etcdserver: root user does not exist' });
    for (const [, [path = '']] of auth) expect((await http.ask(path, { x: 1 })).status, path).not.to.equal(501);
  });

  it('takes the read level from a header or a field', async () => {
    const byHeader = await http.ask('/v3/kv/range', { key: base64('seen') }, { 'Raftkv-Read-Level': 'stale' });
    expect(byHeader.status).to.equal(200);
    expect(byHeader.headers).to.include({ 'raftkv-known-leader': 'true' }).and.to.have.property('raftkv-applied-index');
    const byField = await http.json('/v3/kv/range', { key: base64('seen'), readLevel: 'STALE' });
    expect(byField).to.have.nested.property('header.known_leader', true);
    const wrong = await http.ask('/v3/kv/range', { key: base64('seen') }, { 'raftkv-read-level': 'fast' });
    expect(wrong.status).to.equal(400);
    // At a level that waits for nothing else: a busy cluster may take longer than that to confirm a read.
    const waits = { key: base64('seen'), readLevel: 'STALE', atLeastRevision: '1000000' };
    const late = await http.ask('/v3/kv/range', waits, { 'Grpc-Timeout': '50m' });
    expect(late.status).to.equal(504);
  });

  it('streams a snapshot, one line for each part', async () => {
    const { body } = await http.ask('/v3/maintenance/snapshot', {});
    const lines = body.trimEnd().split('\n');
    const parts = lines.map((line) => (JSON.parse(line) as { result: { blob?: string } }).result.blob ?? '');
    const bytes = Buffer.concat(parts.map((blob) => Buffer.from(blob, 'base64')));
    expect(bytes.length % 512).to.equal(32);
    expect(bytes.subarray(0, 15).toString()).to.equal('raftkv snapshot');
  });

  it('streams watch responses, one line each, and ends the call when the client leaves', async () => {
    const body = JSON.stringify({ create_request: { key: base64('w') } });
    const sent = request(`http://${endpointOf(http.lone.member)}/v3/watch`, { method: 'POST' });
    sent.on('error', () => undefined);
    let heard = '';
    sent.on('response', (response) => response.on('data', (chunk: Buffer) => (heard += chunk.toString())));
    // The body continues: more requests may follow.
    sent.write(body);
    await poll('the watch', () => heard.includes('"created":true') || undefined);
    await http.json('/v3/kv/put', { key: base64('w'), value: base64('1') });
    const lines = await poll('the event', () => (heard.split('\n').length > 2 ? heard.split('\n') : undefined));
    expect(JSON.parse(lines[1] ?? '')).to.have.nested.property('result.events[0].kv.value', base64('1'));
    sent.write('{"progress_request":{}}');
    await poll('the progress', () => heard.split('\n').length > 3 || undefined);
    sent.destroy();
    const ended = /grpc_server_handled_total\{grpc_code="Canceled",grpc_method="Watch".* 1$/m;
    await poll('the end of the call', async () => ended.test((await http.ask('/metrics')).body) || undefined);
  });

  it('grants leases, keeps them alive, locks and elects', async () => {
    const { ID } = (await http.json('/v3/lease/grant', { TTL: 60, ID: '7587862072907233001' })) as { ID: string };
    expect(ID, 'all of its 64 bits').to.equal('7587862072907233001');
    const alive = await http.ask('/v3/lease/keepalive', `{"ID":"${ID}"} {"ID":"5"}`);
    const answers = alive.body.trimEnd().split('\n');
    const parsed = answers.map((line) => (JSON.parse(line) as { result: { ID: string; TTL?: string } }).result);
    expect(parsed.map(({ ID: id, TTL }) => [id, TTL])).to.deep.equal([
      [ID, '60'],
      ['5', undefined],
    ]);
    const { key } = (await http.json('/v3/lock/lock', { name: base64('l'), lease: ID })) as { key: string };
    await http.json('/v3/lock/unlock', { key });
    const campaign = { name: base64('e'), lease: ID, value: base64('me') };
    const { leader } = (await http.json('/v3/election/campaign', campaign)) as { leader: { lease: string } };
    expect(leader.lease).to.equal(ID);
    expect(await http.json('/v3/election/leader', { name: base64('e') })).to.have.nested.property(
      'kv.value',
      base64('me'),
    );
    await http.json('/v3/kv/lease/revoke', { ID });
  });

  it('reports its health and version', async () => {
    await poll('a leader', () => http.lone.member.status().leader !== undefined || undefined);
    expect(await http.ask('/health')).to.include({ status: 200, body: '{"health":"true","reason":""}' });
    expect(await http.ask('/readyz')).to.include({ status: 200, body: 'ok\n' });
    expect(await http.ask('/livez')).to.include({ status: 200, body: 'ok\n' });
    expect(await http.ask('/version')).to.include({
      status: 200,
      body: `{"etcdserver":"${ETCD_API_VERSION}","etcdcluster":"${ETCD_CLUSTER_VERSION}","storage":"${ETCD_STORAGE_VERSION}"}`,
    });
  });

  it('serves the paths of etcd, and no others', async () => {
    expect((await http.ask('/v3/maintenance/status', {})).status).to.equal(200);
    expect((await http.ask('/v3/cluster/member/list', {})).status).to.equal(200);
    expect((await http.ask('/v3/maintenance/hashkv', {})).status).to.equal(200);
    expect((await http.ask('/v3/health/check', {})).status).to.equal(404);
    expect((await http.ask('/raftkv.Peer/Link', {})).status).to.equal(404);
  });
});

it('a member that stops closes the connections of HTTP clients, and does not wait for them', async () => {
  await expectShortWait(1_500, async () => {
    const http = new MemberOverHttp(await LoneMember.start());
    expect((await http.ask('/version')).status).to.equal(200);
    const stopMs = await elapsedMs(() => http.lone.member.stop());
    await http.dispose();
    return stopMs;
  });
});

describe('a member without a leader, over HTTP', () => {
  let http: MemberOverHttp;

  before(async () => {
    const cluster = 'a=http://127.0.0.1:0,b=http://127.0.0.1:1';
    http = new MemberOverHttp(await LoneMember.start({ name: 'a', 'initial-cluster': cluster }));
  });

  after(() => http.dispose());

  it('is alive, but not healthy', async () => {
    expect(await http.ask('/health')).to.include({
      status: 503,
      body: '{"health":"false","reason":"RAFT NO LEADER"}\n',
    });
    expect(await http.ask('/health?serializable=true')).to.include({ status: 200 });
    expect(await http.ask('/livez')).to.include({ status: 200, body: 'ok\n' });
    const ready = await http.ask('/readyz?verbose');
    expect(ready.status).to.equal(503);
    expect(ready.body).to.match(/^\[-\]linearizable_read failed: etcdserver: /m);
  });
});

// The store returns large answers in pieces that end within fields; the gateway treated pieces as whole fields.
it('a member answers a range of some megabytes as JSON, byte for byte what was put', async () => {
  const http = new MemberOverHttp(await LoneMember.start());
  const values = Array.from({ length: 6 }, (_, index) => Buffer.alloc(700_000, `value ${index}`).toString('base64'));
  for (const [index, value] of values.entries()) await http.json('/v3/kv/put', { key: base64(`k${index}`), value });
  const range = (await http.json('/v3/kv/range', { key: 'AA==', range_end: 'AA==' })) as {
    kvs: { value: string }[];
    count: string;
  };
  expect(range.count).to.equal('6');
  expect(range.kvs.map(({ value }, index) => value === values[index])).to.deep.equal(values.map(() => true));
  const nested = { success: [{ request_range: { key: 'AA==', range_end: 'AA==' } }] };
  const txn = await http.json('/v3/kv/txn', nested);
  expect(txn).to.have.nested.property('responses[0].response_range.count', '6');
  await http.dispose();
});
