import { expect } from 'chai';
import { AccessControl, type AccessSettings } from '../../src/http/access/access-control.js';
import { guarded } from '../../src/http/access/guard.js';
import { healthRoutes } from '../../src/http/health-routes.js';
import { unary } from '../../src/rpc/service.js';
import { HEALTHY, ServedPort, type Answer } from './served-port.js';
import { expectShortWork } from '../support/time-limits.js';

// Any web page could write through the gateway of a member that its visitor's browser reaches (a POST with `Content-
// Type: text/plain` needs no preflight), and read everything once its own name resolved to the member (DNS rebinding):
// neither `Origin` nor `Host` was checked.
describe('access over HTTP', () => {
  const check = (headers: Record<string, string>, settings: Partial<AccessSettings> = {}, request = {}): string => {
    const access = new AccessControl({ origins: [], hosts: [], ownHosts: ['10.0.0.1', 'etcd-1.example'], ...settings });
    const found = access.check({
      headers,
      method: 'POST',
      url: '/',
      socket: { localAddress: '::ffff:192.0.2.7' },
      ...request,
    });
    return found.kind === 'admitted' ? `admitted ${found.allowOrigin ?? ''}`.trim() : found.kind;
  };

  it('admits the hosts of its URLs, loopback, and the address that the connection reached', () => {
    const own = ['10.0.0.1:2379', '10.0.0.1', 'etcd-1.example:2379', 'ETCD-1.example.', 'etcd-1.example:80'];
    const loopback = [
      'localhost:2379',
      'LocalHost',
      '127.0.0.1:2379',
      '127.9.9.9',
      '[::1]:2379',
      '[::1]',
      '[::ffff:127.0.0.1]:1',
    ];
    for (const host of [...own, ...loopback, '192.0.2.7:2379', '']) expect(check({ host }), host).to.equal('admitted');
    expect(check({}), 'a health check over HTTP/1.0').to.equal('admitted');
    const socket = { localAddress: 'fe80::1%eth0' };
    expect(check({ host: '[fe80::1]:2379' }, {}, { socket })).to.equal('admitted');
    expect(check({ host: '[fe80::2]:2379' }, {}, { socket })).to.equal('foreign-host');
  });

  it('refuses all other hosts', () => {
    const foreign = [
      'evil.example',
      'evil.example:2379',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '10.0.0.2:2379',
    ];
    const odd = [
      'etcd-1.example@evil.example',
      'localhost%evil.example',
      '127.0.0.1:2379@evil.example',
      '[::1',
      '::1:x',
    ];
    for (const host of [...foreign, ...odd]) expect(check({ host }), host).to.equal('foreign-host');
    const url = 'http://evil.example/v3/kv/put';
    expect(check({ host: '127.0.0.1' }, {}, { url }), 'a whole URL names the host').to.equal('foreign-host');
  });

  // The zone was found by a pattern with quadratic backtracking: one request with a `Host` of 15,000 characters blocked
  // the event loop for two seconds, and two of them deposed a leader.
  it('decides about a very long host at once', async () => {
    for (const character of ['%', 'a', '[', ':', '::ffff:', '.']) {
      const host = character.repeat(16_000 / character.length);
      await expectShortWork(50, () => expect(check({ host }), character).to.equal('foreign-host'));
    }
  });

  it('admits hosts of --host-whitelist in addition, and any host with *', () => {
    const hosts = ['lb.example', '[2001:db8::5]'];
    for (const host of ['lb.example:2379', 'LB.example', '[2001:db8::5]:2379', '127.0.0.1'])
      expect(check({ host }, { hosts }), host).to.equal('admitted');
    expect(check({ host: 'evil.example' }, { hosts })).to.equal('foreign-host');
    expect(check({ host: 'evil.example' }, { hosts: ['*'] })).to.equal('admitted');
  });

  it('refuses pages of other origins', () => {
    const host = '127.0.0.1:2379';
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:8080', 'http://127.0.0.1', 'file://', 'x'])
      for (const method of ['POST', 'GET', 'OPTIONS'])
        expect(check({ host, origin }, {}, { method }), `${method} ${origin}`).to.equal('foreign-origin');
    expect(check({ host, 'sec-fetch-site': 'cross-site' })).to.equal('foreign-origin');
    expect(check({ host, 'sec-fetch-site': 'cross-site' }, {}, { method: 'GET' }), 'a link').to.equal('admitted');
    expect(check({ host, 'sec-fetch-site': 'same-origin' })).to.equal('admitted');
  });

  it('admits pages of its own origin, and those of --cors', () => {
    const host = '127.0.0.1:2379';
    expect(check({ host, origin: 'http://127.0.0.1:2379' })).to.equal('admitted');
    expect(check({ host: 'etcd-1.example', origin: 'https://etcd-1.example' }), 'TLS ended by a proxy').to.equal(
      'admitted',
    );
    const origins = ['https://ui.example', 'http://ui.example:8080'];
    for (const origin of ['https://ui.example', 'http://ui.example:8080'])
      expect(check({ host, origin }, { origins })).to.equal(`admitted ${origin}`);
    expect(check({ host, origin: 'http://ui.example' }, { origins })).to.equal('foreign-origin');
    expect(check({ host, origin: 'https://ui.example:443' }, { origins })).to.equal('admitted https://ui.example:443');
    expect(check({ host, origin: 'http://evil.example' }, { origins: ['*'] })).to.equal('admitted *');
    expect(check({ host: 'evil.example', origin: 'http://evil.example' }, { origins: ['*'] })).to.equal('foreign-host');
  });

  describe('at a port', () => {
    let served: ServedPort;
    let calls = 0;

    const start = async (settings: Partial<AccessSettings> = {}): Promise<void> => {
      calls = 0;
      const echo = unary<Uint8Array>({
        path: '/test.Service/Call',
        decode: (body) => body,
        handle: (call, body) => {
          calls += 1;
          call.respond(body);
        },
      });
      const access = new AccessControl({ origins: [], hosts: [], ownHosts: [], ...settings });
      served = await ServedPort.start([echo], { guard: (handle) => guarded(access, handle) }, [
        ...healthRoutes(HEALTHY),
      ]);
    };

    afterEach(() => served.stop());

    const post = (headers: Record<string, string>): Promise<Answer> =>
      served.post('/v3/call', '{"text":"hi"}', { headers });

    it('answers as etcd does where the host is foreign, and says what to do', async () => {
      await start();
      const refused = await post({ host: 'evil.example:2379' });
      expect(refused.status).to.equal(421);
      expect(refused.body).to.include('"evil.example"').and.to.include('--host-whitelist');
      const health = await served.post('/health', '', { method: 'GET', headers: { host: 'evil.example' } });
      expect(health.status).to.equal(421);
      expect(calls).to.equal(0);
    });

    it('runs no call for a page of another origin', async () => {
      await start();
      const refused = await post({ origin: 'http://evil.example', 'content-type': 'text/plain' });
      expect(refused.status).to.equal(403);
      expect(refused.body).to.include('--cors');
      expect(refused.headers).not.to.have.property('access-control-allow-origin');
      const preflight = await served.post('/v3/call', '', {
        method: 'OPTIONS',
        headers: { origin: 'http://evil.example' },
      });
      expect(preflight.status).to.equal(403);
      expect(calls).to.equal(0);
    });

    it('accepts the requests of curl and other clients with any content type', async () => {
      await start();
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json', undefined]) {
        const answered = await post(type === undefined ? {} : { 'content-type': type });
        expect(answered, String(type)).to.include({ status: 200, body: '{"text":"hi"}' });
      }
    });

    it('answers preflight requests and requests of admitted origins with the headers of CORS', async () => {
      const origin = 'http://ui.example';
      await start({ origins: [origin] });
      const preflight = await served.post('/v3/call', '', { method: 'OPTIONS', headers: { origin } });
      const cors = {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE',
        'access-control-allow-headers': 'accept, content-type, authorization',
        vary: 'Origin',
      };
      expect(preflight).to.include({ status: 200, body: '' });
      expect(preflight.headers).to.include(cors);
      const answered = await post({ origin });
      expect(answered).to.include({ status: 200, body: '{"text":"hi"}' });
      expect(answered.headers).to.include(cors);
      expect((await post({})).headers).not.to.have.property('access-control-allow-origin');
    });

    it('allows every origin with *, as etcd does by default', async () => {
      await start({ origins: ['*'] });
      const answered = await post({});
      expect(answered.headers).to.include({ 'access-control-allow-origin': '*' }).and.not.to.have.property('vary');
    });
  });
});
