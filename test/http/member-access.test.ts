import { request, type RequestOptions } from 'node:http';
import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { expectOk } from '../support/etcd-client.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { answerTo, type Answer } from './served-port.js';

function ask(base: string, path: string, options: RequestOptions & { readonly body?: string } = {}): Promise<Answer> {
  const { body, ...others } = options;
  const sent = request(`${base}${path}`, { method: body === undefined ? 'GET' : 'POST', agent: false, ...others });
  sent.end(body);
  return answerTo(sent);
}

const KEY = Buffer.from('k').toString('base64');
const PUT = JSON.stringify({ key: KEY, value: KEY });

describe('access to a member over HTTP', () => {
  let lone: LoneMember;
  let url: string;

  before(async () => {
    lone = await LoneMember.start({
      'listen-metrics-urls': 'http://127.0.0.1:0',
      'advertise-client-urls': 'http://etcd-1.example:2379',
      'host-whitelist': 'lb.example',
      cors: 'http://ui.example',
    });
    url = `http://${endpointOf(lone.member)}`;
  });

  after(() => lone.dispose());

  // Both were served, and the write was applied.
  it('refuses a write of a foreign page, and everything asked of a foreign host', async () => {
    const foreignPage = { origin: 'http://evil.example', 'content-type': 'text/plain' };
    expect((await ask(url, '/v3/kv/put', { body: PUT, headers: foreignPage })).status).to.equal(403);
    const metricsUrl = defined(lone.member.metricsUrls[0], 'a metrics URL');
    for (const base of [url, metricsUrl]) {
      for (const path of ['/health', '/metrics', '/version', '/livez', '/readyz']) {
        const rebound = await ask(base, path, { headers: { host: 'evil.example:2379' } });
        expect(rebound.status, path).to.equal(421);
        const page = await ask(base, path, { headers: { origin: 'http://evil.example' } });
        expect(page.status, path).to.equal(403);
      }
    }
    expect(expectOk(await lone.client.get('k')).kvs).to.have.length(0);
  });

  // GHSA-5gjm-fj42-x983: a form of any web page wrote to the member that its visitor's browser reached.
  it('CVE-2018-1098: refuses what the pages of other sites can send without asking', async () => {
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', undefined];
    const senders: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      // A page in a sandbox, of a file, or of data: in its URL.
      { origin: 'null' },
      // The same machine, another program's port.
      { origin: 'http://127.0.0.1:8080' },
      { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const sender of senders) {
      for (const type of types) {
        for (const path of ['/v3/kv/put', '/v3beta/kv/put', '/v3/kv/txn', '/v3/auth/user/add']) {
          const headers = { ...sender, ...(type !== undefined && { 'content-type': type }) };
          const { status } = await ask(url, path, { body: PUT, headers });
          expect(status, `${path} ${JSON.stringify(headers)}`).to.equal(403);
        }
      }
    }
    expect(expectOk(await lone.client.get('k')).kvs).to.have.length(0);
  });

  // GHSA-wf43-55jj-vwq8: a page whose own name was made to resolve to the member's address is of the same origin, for a browser.
  it('CVE-2018-1099: refuses names that resolve to it but are not its own', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${new URL(url).port}`,
      'localhost.evil.example',
      '127.0.0.1.evil.example',
    ]) {
      const rebound = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
      for (const [path, body] of [
        ['/v3/kv/put', PUT],
        ['/v3/kv/range', JSON.stringify({ key: KEY })],
        ['/v3/none', '{}'],
        ['/health', undefined],
      ] as const) {
        const answer = await ask(url, path, { ...(body !== undefined && { body }), headers: rebound });
        expect(answer.status, `${host}${path}`).to.equal(421);
        expect(answer.headers).not.to.have.property('access-control-allow-origin');
      }
    }
    expect(expectOk(await lone.client.get('k')).kvs).to.have.length(0);
  });

  it('serves the requests of curl, Patroni and load balancers', async () => {
    const hosts = [undefined, 'localhost:2379', 'etcd-1.example:2379', 'lb.example', '127.0.0.1'];
    for (const host of hosts) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(host === undefined ? {} : { host }) };
      const range = await ask(url, '/v3/kv/range', { body: JSON.stringify({ key: KEY }), headers });
      expect(range.status, String(host)).to.equal(200);
      expect((await ask(url, '/health', { headers })).status, String(host)).to.equal(200);
    }
    const page = await ask(url, '/v3/kv/put', { body: PUT, headers: { origin: 'http://ui.example' } });
    expect(page.status).to.equal(200);
    expect(page.headers).to.include({ 'access-control-allow-origin': 'http://ui.example' });
  });
});

describe('a member with --listen-client-http-urls', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start({ 'listen-client-http-urls': 'http://127.0.0.1:0' });
  });

  after(() => lone.dispose());

  it('serves HTTP there, and gRPC alone at its client URLs', async () => {
    const web = defined(lone.member.clientHttpUrls[0], 'a URL for HTTP');
    expect((await ask(web, '/v3/kv/put', { body: PUT })).status).to.equal(200);
    expect((await ask(web, '/health')).status).to.equal(200);
    expect((await ask(web, '/metrics')).status).to.equal(200);
    expect(expectOk(await lone.client.get('k')).kvs).to.have.length(1);
    const refused = await ask(`http://${endpointOf(lone.member)}`, '/health');
    expect(refused.status).to.equal(421);
    expect(refused.body).to.include('--listen-client-http-urls');
  });
});

it('a member with --enable-grpc-gateway=false serves metrics and health, and no gateway', async () => {
  const lone = await LoneMember.start({ 'enable-grpc-gateway': 'false' });
  const url = `http://${endpointOf(lone.member)}`;
  expect((await ask(url, '/v3/kv/put', { body: PUT })).status).to.equal(404);
  expect((await ask(url, '/metrics')).status).to.equal(200);
  await lone.dispose();
});
