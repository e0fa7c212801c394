import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { credentials, status, type Client, type StatusObject } from '@grpc/grpc-js';
import { expect } from 'chai';
import { authpb, etcdserverpb, v3lockpb } from '../../../src/gen/proto.js';
import type { Issued } from '../../../src/tls/issuing.js';
import { defined } from '../../../src/util/assert.js';
import { TestAuthority } from '../../support/certificates.js';
import { craftCertificate } from '../../support/crafted-certificates.js';
import { rawCall, rawClient, toMetadata } from '../../support/raw-client.js';
import { WatchCall } from '../../support/watch-call.js';
import { PASSWORD, SecuredMember } from './secured-member.js';

const p = etcdserverpb;
const { READWRITE } = authpb.Permission.Type;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

const OK = 'answered';
const EMPTY = '3 etcdserver: user name is empty';
const DENIED = '7 etcdserver: permission denied';
const UNKNOWN = '9 etcdserver: user name not found';
const INVALID = '16 etcdserver: invalid auth token';
const GATEWAY = 'CommonName of client sending a request against gateway will be ignored and not used as expected\n';

const PUT = ['KV/Put', p.PutRequest.encode({ key: bytes('k'), value: bytes('v') }).finish()] as const;
const RANGE = ['KV/Range', p.RangeRequest.encode({ key: bytes('k') }).finish()] as const;
const OTHER = ['KV/Range', p.RangeRequest.encode({ key: bytes('other') }).finish()] as const;
const USERS = ['Auth/UserList', p.AuthUserListRequest.encode({}).finish()] as const;
const MEMBERS = ['Cluster/MemberList', p.MemberListRequest.encode({}).finish()] as const;
const GRANT = ['Lease/LeaseGrant', p.LeaseGrantRequest.encode({ ID: 7, TTL: 600 }).finish()] as const;

describe('users by the common names of their certificates', function () {
  this.timeout(60_000);
  let authority: TestAuthority;
  let server: Readonly<Record<string, string>>;
  /** By common name. */
  const certificates = new Map<string, Issued>();
  let secured: SecuredMember;
  const clients: Client[] = [];
  const watches: WatchCall[] = [];

  before(async () => {
    authority = await TestAuthority.create();
    const { certFile, keyFile } = await authority.issue();
    server = { 'cert-file': certFile, 'key-file': keyFile, 'trusted-ca-file': authority.caFile };
    for (const name of ['ann', 'bare', 'root', 'ghost']) {
      certificates.set(name, await authority.issue({ commonName: name, hosts: [], uses: ['client'] }));
    }
  });

  afterEach(async () => {
    for (const watch of watches.splice(0)) watch.cancel();
    for (const client of clients.splice(0)) client.close();
    await secured.dispose();
  });

  /** With http and https side by side, and authentication enabled. */
  async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const urls = { 'listen-client-urls': 'http://127.0.0.1:0,https://127.0.0.1:0' };
    secured = await SecuredMember.start({ settings: { ...server, ...urls, 'client-cert-auth': 'true', ...settings } });
    await secured.addUser('ann', { type: READWRITE, key: 'k' });
    await secured.addUser('bob', { type: READWRITE, key: 'other' });
    const bare = { name: 'bare', options: { noPassword: true } };
    await secured.do('Auth/UserAdd', p.AuthUserAddRequest, bare);
    await secured.do('Auth/UserGrantRole', p.AuthUserGrantRoleRequest, { user: 'bare', role: 'ann' });
    await secured.enable();
    for (const user of ['root', 'ann', 'bob']) await secured.logIn(user);
  }

  const secureUrl = (): string => defined(secured.member.member.clientUrls[1], 'the https URL');

  function clientWith({ cert, key }: Issued): Client {
    const secrets = credentials.createSsl(bytes(authority.ca), bytes(key), bytes(cert));
    const client = rawClient(secureUrl().slice('https://'.length), {}, secrets);
    clients.push(client);
    return client;
  }

  const clientOf = (name: string): Client => clientWith(defined(certificates.get(name), name));

  async function ask(
    client: Client,
    [path, body]: readonly [string, Uint8Array],
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { code, details } = await rawCall(client, `/etcdserverpb.${path}`, body, { metadata });
    return code === 0 ? OK : `${code} ${details}`;
  }

  async function gateway(name: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const { cert, key } = defined(certificates.get(name), name);
    const options = { ca: authority.ca, cert, key, agent: false, method: 'POST', headers };
    const request = httpsRequest(`${secureUrl()}${path}`, options).end('{"key":"aw=="}');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return `${response.statusCode} ${text}`;
  }

  for (const host of ['native', 'grpc-js']) {
    it(`are who calls without a token, as in etcd (${host})`, async () => {
      await start({ 'rpc-host': host });
      const ann = clientOf('ann');
      expect(await ask(ann, PUT)).to.equal(OK);
      expect(await ask(ann, RANGE)).to.equal(OK);
      expect(await ask(ann, OTHER)).to.equal(DENIED);
      expect(await ask(ann, USERS)).to.equal(DENIED);
      expect(await ask(clientOf('root'), USERS)).to.equal(OK);
      expect(await ask(clientOf('bare'), RANGE), 'a user without a password').to.equal(OK);
      // etcd lets unknown users grant leases and list members.
      const ghost = clientOf('ghost');
      expect(await ask(ghost, RANGE)).to.equal(DENIED);
      for (const call of [USERS, MEMBERS, GRANT]) expect(await ask(ghost, call), call[0]).to.equal(UNKNOWN);
      expect(await ask(secured.client, RANGE), 'over http').to.equal(EMPTY);
    });

    it(`give way to a token, valid or not (${host})`, async () => {
      await start({ 'rpc-host': host });
      const ann = clientOf('ann');
      const token = defined(secured.tokens.get('bob'), 'a token');
      expect(await ask(ann, OTHER, { token })).to.equal(OK);
      expect(await ask(ann, RANGE, { token })).to.equal(DENIED);
      expect(await ask(ann, RANGE, { authorization: `Bearer ${token}` })).to.equal(DENIED);
      expect(await ask(clientOf('root'), RANGE, { token: 'abcdefghijklmnop.1' })).to.equal(INVALID);
      expect(await ask(clientOf('root'), RANGE, { token: '' })).to.equal(INVALID);
      expect(await ask(ann, RANGE)).to.equal(OK);
    });

    it(`are checked again on streams when users change (${host})`, async () => {
      await start({ 'rpc-host': host });
      const ann = clientOf('ann');
      const watch = new WatchCall(ann);
      watches.push(watch);
      expect(await watch.created({ key: 'k' })).to.include({ created: true, canceled: false });
      expect(await watch.created({ key: 'other' })).to.include({ canceled: true });
      await ask(ann, GRANT);
      const keepAlive = ann.makeBidiStreamRequest(
        '/etcdserverpb.Lease/LeaseKeepAlive',
        (body: Buffer) => body,
        (body: Buffer) => p.LeaseKeepAliveResponse.decode(body),
        toMetadata(),
      );
      const ended = once(keepAlive, 'error');
      const renew = Buffer.from(p.LeaseKeepAliveRequest.encode({ ID: 7 }).finish());
      keepAlive.write(renew);
      const [{ TTL }] = (await once(keepAlive, 'data')) as [etcdserverpb.LeaseKeepAliveResponse];
      expect(String(TTL)).to.equal('600');
      await secured.do('Auth/UserDelete', p.AuthUserDeleteRequest, { name: 'ann' }, 'root');
      expect(await watch.next()).to.include({
        canceled: true,
        cancelReason: 'rpc error: code = PermissionDenied desc = etcdserver: permission denied',
      });
      keepAlive.write(renew);
      const [{ code, details }] = (await ended) as [{ code: number; details: string }];
      expect(`${code} ${details}`).to.equal(UNKNOWN);
      expect(await ask(ann, PUT)).to.equal(DENIED);
      // The name is the user: an added one of the same name has the same certificate.
      await secured.addUser('ann', undefined, 'root');
      await secured.do('Auth/UserGrantRole', p.AuthUserGrantRoleRequest, { user: 'ann', role: 'ann' }, 'root');
      expect(await ask(ann, PUT)).to.equal(OK);
    });

    // CVE-2018-16886: etcd's gateway calls its own gRPC port with the certificate of the server. Whoever reached the gateway
    // without any authentication was then the user whom that certificate names, often root.
    it(`CVE-2018-16886: never count for calls through the JSON gateway (${host})`, async () => {
      await start({ 'rpc-host': host });
      for (const name of ['ann', 'root', 'ghost']) {
        expect(await gateway(name, '/v3/kv/range'), name).to.equal(`400 ${GATEWAY}`);
      }
      const authorization = defined(secured.tokens.get('ann'), 'a token');
      for (const path of ['/v3/kv/range', '/v3beta/kv/range', '/v3/auth/authenticate', '/v3/none']) {
        expect(await gateway('ann', path, { authorization }), path).to.equal(`400 ${GATEWAY}`);
      }
      expect(await gateway('ann', '/health')).to.match(/^405 /);
      // A gateway apart, which forwards calls with a certificate of its own.
      const root = clientOf('root');
      expect(await ask(root, RANGE, { 'grpcgateway-accept': '*/*' })).to.equal(EMPTY);
      expect(await ask(root, RANGE, { 'grpcgateway-accept': '' })).to.equal(EMPTY);
      expect(await ask(root, RANGE, { 'grpcgateway-accept': '*/*', token: authorization })).to.equal(OK);
      await secured.do('Auth/AuthDisable', p.AuthDisableRequest, {}, 'root');
      expect(await gateway('ann', '/v3/kv/range'), 'without users').to.match(/^200 /);
    });
  }

  it('never count at the gateway on a listener of its own, where certificates without a name are served', async () => {
    await start({ 'listen-client-http-urls': 'https://127.0.0.1:0' });
    const [url] = secured.member.member.clientHttpUrls;
    const nameless = await craftCertificate(authority.issued, { subject: [{ O: ['none'] }] });
    const post = async ({ cert, key }: Issued, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
      const options = { ca: authority.ca, cert, key, agent: false, method: 'POST', headers };
      const request = httpsRequest(`${url}/v3/kv/range`, options).end('{"key":"aw=="}');
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return `${response.statusCode} ${response.headers['content-type']}`;
    };
    const authorization = defined(secured.tokens.get('ann'), 'a token');
    expect(await post(defined(certificates.get('ann'), 'ann'))).to.equal('400 text/plain; charset=utf-8');
    expect(await post(nameless)).to.equal('400 application/json');
    expect(await post(nameless, { authorization })).to.equal('200 application/json');
  });

  it('do not count without --client-cert-auth, even where certificates are required', async () => {
    await start({ 'client-cert-auth': 'false' });
    expect(await ask(clientOf('root'), RANGE)).to.equal(EMPTY);
    expect(await gateway('ann', '/v3/kv/range')).to.match(/^400 \{.*user name is empty/);
  });

  it('are exact, and come from the subject of a verified certificate alone', async () => {
    await start();
    const crafted = async (what: Parameters<typeof craftCertificate>[1], from = authority.issued): Promise<string> =>
      ask(clientWith(await craftCertificate(from, what)), USERS);
    expect(await crafted({ subject: [{ CN: ['root'] }] })).to.equal(OK);
    // Go takes the last of several names, so that etcd runs these as root.
    expect(await crafted({ subject: [{ CN: ['ann'] }, { CN: ['root'] }] }), 'two names').to.equal(EMPTY);
    expect(await crafted({ subject: [{ CN: ['ann', 'root'] }] }), 'two in one part').to.equal(EMPTY);
    expect(await crafted({ subject: [{ CN: ['root'] }, { CN: ['root'] }] }), 'the same twice').to.equal(EMPTY);
    expect(await crafted({ subject: [{ O: ['root'] }], dnsNames: ['root'] }), 'no name').to.equal(EMPTY);
    expect(await crafted({ subject: [], dnsNames: ['root'] }), 'no subject').to.equal(EMPTY);
    expect(await crafted({ subject: [{ CN: ['root\0.example'] }] }), 'NUL').to.equal(UNKNOWN);
    expect(await crafted({ subject: [{ CN: ['root\nCN=ann'] }] }), 'a line feed').to.equal(UNKNOWN);
    for (const near of ['Root', ' root', 'root ', 'root\u200b', 'r\u043e\u043et']) {
      expect(await crafted({ subject: [{ CN: [near] }] }), JSON.stringify(near)).to.equal(UNKNOWN);
    }
    const past = { fromMs: Date.now() - 2 * 86_400_000, toMs: Date.now() - 86_400_000 };
    expect(await crafted({ subject: [{ CN: ['root'] }], validity: past }), 'expired').to.match(/^14 /);
    const { issued } = await TestAuthority.create();
    expect(await crafted({ subject: [{ CN: ['root'] }] }, issued), 'of another authority').to.match(/^14 /);
  });

  // The stream of a range and a lock answer through calls of their own, which must have the certificate too.
  it('are who calls that take several steps', async () => {
    await start();
    const ann = clientOf('ann');
    expect(await ask(ann, PUT)).to.equal(OK);
    const ranged = async (key: string): Promise<string> => {
      const body = p.RangeRequest.encode({ key: bytes(key), rangeEnd: bytes(`${key}\0`) }).finish();
      const stream = ann.makeServerStreamRequest(
        '/etcdserverpb.KV/RangeStream',
        (request: Buffer) => request,
        (message: Buffer) => message,
        Buffer.from(body),
      );
      stream.on('error', () => undefined).resume();
      const { code, details } = await new Promise<StatusObject>((resolve) => stream.once('status', resolve));
      return code === status.OK ? OK : `${code} ${details}`;
    };
    expect(await ranged('k')).to.equal(OK);
    expect(await ranged('other')).to.equal(DENIED);
    const perm = { permType: READWRITE, key: bytes('k/'), rangeEnd: bytes('k0') };
    await secured.do('Auth/RoleGrantPermission', p.AuthRoleGrantPermissionRequest, { name: 'ann', perm }, 'root');
    expect(await ask(ann, GRANT)).to.equal(OK);
    const lock = async (name: string): Promise<number> => {
      const body = v3lockpb.LockRequest.encode({ name: bytes(name), lease: 7 }).finish();
      return (await rawCall(ann, '/v3lockpb.Lock/Lock', body)).code;
    };
    expect(await lock('k/lock')).to.equal(0);
    expect(await lock('other/lock')).to.equal(2);
  });

  it('log in by their password too, if they have one', async () => {
    await start();
    const body = p.AuthenticateRequest.encode({ name: 'root', password: PASSWORD }).finish();
    expect(await ask(clientOf('ghost'), ['Auth/Authenticate', body])).to.equal(OK);
    const wrong = p.AuthenticateRequest.encode({ name: 'root', password: 'wrong' }).finish();
    expect(await ask(clientOf('root'), ['Auth/Authenticate', wrong])).to.match(/^3 .*authentication failed/);
  });
});
