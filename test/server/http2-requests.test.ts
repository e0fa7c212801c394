import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { testAuthority, type TestAuthority } from '../support/certificates.js';
import { Http2Requests, streamAnswer } from '../support/http2-requests.js';
import { poll } from '../support/poll.js';
import { ProbedMember } from '../support/probed-member.js';
import { expectShortTurns } from '../support/time-limits.js';
import { PASSWORD, SecuredMember } from './auth/secured-member.js';
import { LoneMember } from './lone-member.js';

const p = etcdserverpb;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const json = (value: unknown): string => JSON.stringify(value);
const MIB = 1024 * 1024;

// HTTP/2 was gRPC's alone: curl and Prometheus, which choose it where TLS offers it, were answered 405 or 415.
describe('a member asked by HTTP/2 without gRPC', function () {
  this.timeout(120_000);
  let authority: TestAuthority;
  let files: Readonly<Record<string, string>>;
  const clients: Http2Requests[] = [];
  let stop = (): Promise<void> => Promise.resolve();

  before(async () => {
    authority = await testAuthority();
    const { certFile, keyFile } = await authority.issue({ commonName: 'server' });
    files = { 'cert-file': certFile, 'key-file': keyFile };
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await stop();
    stop = () => Promise.resolve();
  });

  async function start(settings: Readonly<Record<string, string>>): Promise<LoneMember> {
    const lone = await LoneMember.start(settings);
    stop = () => lone.dispose();
    await lone.member.ready;
    return lone;
  }

  async function connect(url: string | undefined, options: object = {}): Promise<Http2Requests> {
    const client = await Http2Requests.connect(defined(url, 'a URL'), { ca: authority.ca, ...options });
    clients.push(client);
    return client;
  }

  for (const scheme of ['http', 'https']) {
    it(`answers health, version, metrics and the gateway (${scheme})`, async () => {
      const secure = scheme === 'https' ? files : {};
      const { member } = await start({ 'listen-client-urls': `${scheme}://127.0.0.1:0`, ...secure });
      const client = await connect(member.clientUrls[0]);
      expect(await client.get('/health')).to.include({ status: 200, body: '{"health":"true","reason":""}' });
      for (const path of ['/livez', '/readyz'])
        expect(await client.get(path)).to.include({ status: 200, body: 'ok\n' });
      expect(JSON.parse((await client.get('/version')).body)).to.have.keys('etcdserver', 'etcdcluster', 'storage');
      expect((await client.get('/metrics')).body).to.match(/^raftkv_info/m);
      expect(await client.get('/metrics', { ':method': 'HEAD' })).to.include({ status: 200, body: '' });
      expect(await client.get('/debug/pprof')).to.include({ status: 404, body: '404 page not found\n' });
      const watch = client.open('/v3/watch');
      let events = '';
      watch.setEncoding('utf8').on('data', (text: string) => (events += text));
      watch.write(json({ create_request: { key: base64('a') } }));
      await poll('the watch', () => events.includes('"created":true') || undefined);
      expect((await client.post('/v3/kv/put', json({ key: base64('a'), value: base64('b') }))).status).to.equal(200);
      const range = await client.post('/v3/kv/range', json({ key: base64('a') }));
      expect(JSON.parse(range.body)).to.have.nested.property('kvs[0].value', base64('b'));
      await poll('the event', () => events.includes(`"value":"${base64('b')}"`) || undefined);
      const watchers = async (): Promise<string | undefined> =>
        /^etcd_debugging_mvcc_watcher_total (\d+)$/m.exec((await client.get('/metrics')).body)?.[1];
      expect(await watchers()).to.equal('1');
      watch.close(8);
      await poll('the end of the watch', async () => ((await watchers()) === '0' ? true : undefined));
    });
  }

  it('checks the host, and refuses HTTP where it has a port of its own', async () => {
    const { member } = await start({ 'listen-client-http-urls': 'http://127.0.0.1:0' });
    const apart = await connect(member.clientUrls[0]);
    expect(await apart.get('/health')).to.include({ status: 421 });
    await stop();
    const together = await start({});
    const client = await connect(together.member.clientUrls[0]);
    expect((await client.get('/health', { ':authority': 'evil.example' })).status).to.equal(421);
    expect((await client.get('/health', { origin: 'http://evil.example' })).status).to.equal(403);
  });

  it('takes users from tokens', async () => {
    const secured = await SecuredMember.start();
    stop = () => secured.dispose();
    await secured.enable();
    const client = await connect(secured.member.member.clientUrls[0]);
    const range = json({ key: base64('a') });
    const users = json({ name: 'root', password: PASSWORD });
    expect((await client.post('/v3/kv/range', range)).body).to.contain('user name is empty');
    const { token: authorization } = JSON.parse((await client.post('/v3/auth/authenticate', users)).body) as {
      token: string;
    };
    expect((await client.post('/v3/kv/range', range, { authorization })).status).to.equal(200);
    expect((await client.post('/v3/kv/range', range, { authorization: 'none.1' })).status).to.equal(401);
  });

  // CVE-2018-16886: see common-names.test.ts.
  it('takes no user from a certificate, and refuses its calls through the gateway', async () => {
    const urls = { 'listen-client-urls': 'http://127.0.0.1:0,https://127.0.0.1:0' };
    const settings = { ...files, ...urls, 'trusted-ca-file': authority.caFile, 'client-cert-auth': 'true' };
    const secured = await SecuredMember.start({ settings });
    stop = () => secured.dispose();
    await secured.do('Auth/UserAdd', p.AuthUserAddRequest, { name: 'ann', options: { noPassword: true } });
    await secured.enable();
    const { cert, key } = await authority.issue({ commonName: 'ann', hosts: [], uses: ['client'] });
    const client = await connect(secured.member.member.clientUrls[1], { cert, key });
    const answer = await client.post('/v3/kv/range', json({ key: base64('a') }));
    expect([answer.status, answer.body]).to.deep.equal([
      400,
      'CommonName of client sending a request against gateway will be ignored and not used as expected\n',
    ]);
    expect((await client.get('/health')).status).to.equal(200);
  });

  describe('whose event loop is measured', () => {
    let member: ProbedMember;
    before(async () => (member = await ProbedMember.start()));
    after(() => member.dispose());

    const connectToIt = (): Promise<Http2Requests> => connect(`http://${member.client.endpoint}`);

    it('does not hold it for a body of 100 MB', async () => {
      const client = await connectToIt();
      await expectShortTurns(
        async () => {
          for (const headers of [{}, { 'content-length': 100 * MIB }]) {
            const sent = client.open('/v3/kv/put', headers);
            sent.end(Buffer.alloc(100 * MIB, '{"a":'));
            expect((await streamAnswer(sent)).status).to.be.oneOf([400, 413]);
          }
        },
        { meter: member },
      );
    });

    it('does not hold it for thousands of requests that come at once, nor for their end', async () => {
      await expectShortTurns(
        async () => {
          const client = await connectToIt();
          const answers = Array.from({ length: 3_000 }, () => client.get('/version'));
          expect((await Promise.all(answers)).every(({ status }) => status === 200)).to.equal(true);
          let open = 0;
          for (let count = 0; count < 2_000; count += 1) {
            client
              .open('/v3/watch')
              .once('response', () => (open += 1))
              .write(json({ create_request: { key: 'YQ==' } }));
          }
          await poll('the watches', () => (open === 2_000 ? true : undefined), 60_000);
          client.close();
          await member.client.get('a');
        },
        { meter: member },
      );
    });
  });
});
