import { copyFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { credentials, type ChannelCredentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import { ConfigError } from '../../../src/server/settings/urls.js';
import { startMember } from '../../../src/server/member.js';
import { defined } from '../../../src/util/assert.js';
import { testAuthority, TestAuthority, type CertificateFiles } from '../../support/certificates.js';
import { EtcdClient, expectOk } from '../../support/etcd-client.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, LoneMember, loneSettings } from '../lone-member.js';

type Settings = Record<string, string>;

const UNAVAILABLE = 14;

/** Credentials of a gRPC client. */
function secretsOf(authority: TestAuthority, own?: CertificateFiles): ChannelCredentials {
  const [key, cert] = own === undefined ? [null, null] : [Buffer.from(own.key), Buffer.from(own.cert)];
  return credentials.createSsl(Buffer.from(authority.ca), key, cert);
}

interface HttpAnswer {
  readonly status: number | undefined;
  readonly body: string;
}

/** An HTTP/1.1 request over TLS, on a connection of its own. */
async function https(
  url: string,
  { body, own }: { body?: string; own?: CertificateFiles | undefined } = {},
): Promise<HttpAnswer> {
  const { ca } = await testAuthority();
  const request = httpsRequest(url, {
    ca,
    agent: false,
    method: body === undefined ? 'GET' : 'POST',
    ...(own && { cert: own.cert, key: own.key }),
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, body: text };
}

describe('a member with TLS for clients', function () {
  this.timeout(300_000);
  let authority: TestAuthority;
  let server: CertificateFiles;
  let lone: LoneMember | undefined;
  const others: EtcdClient[] = [];

  before(async () => {
    authority = await testAuthority();
    server = await authority.issue({ commonName: 'server' });
  });

  afterEach(async () => {
    for (const client of others.splice(0)) client.close();
    await lone?.dispose();
    lone = undefined;
  });

  async function start(settings: Settings = {}, secrets = secretsOf(authority)): Promise<LoneMember> {
    const files = { 'cert-file': server.certFile, 'key-file': server.keyFile };
    lone = await LoneMember.start({ 'listen-client-urls': 'https://127.0.0.1:0', ...files, ...settings }, secrets);
    await lone.member.ready;
    return lone;
  }

  function clientOf({ member }: LoneMember, secrets: ChannelCredentials): EtcdClient {
    const client = new EtcdClient(endpointOf(member), secrets);
    others.push(client);
    return client;
  }

  /** Status of a put by a client with a certificate: `ok`, or a gRPC code. */
  async function put(member: LoneMember, own?: CertificateFiles): Promise<string | number> {
    const answer = await clientOf(member, secretsOf(authority, own)).put('a', 'b', { timeoutMs: 3_000 });
    return answer.kind === 'ok' ? 'ok' : answer.code;
  }

  for (const host of ['native', 'grpc-js']) {
    it(`serves gRPC, the gateway, health and metrics on one port, with the gRPC host ${host}`, async () => {
      const { client, member } = await start({ 'rpc-host': host });
      const [url = ''] = member.clientUrls;
      expect(url).to.match(/^https:\/\/127\.0\.0\.1:\d+$/);
      const large = 'x'.repeat(1_000_000);
      expectOk(await client.put('a', large));
      expect(expectOk(await client.get('a')).kvs.map(({ value }) => String(value) === large)).to.deep.equal([true]);
      expect(await https(`${url}/health`)).to.deep.equal({ status: 200, body: '{"health":"true","reason":""}' });
      expect((await https(`${url}/metrics`)).body).to.match(/raftkv_tls_handshakes\{port="client"\} 0/);
      const range = await https(`${url}/v3/kv/range`, { body: '{"key":"YQ==","count_only":true}' });
      expect([range.status, JSON.parse(range.body)]).to.have.nested.property('[1].count', '1');
    });
  }

  it('serves http and https at once, on URLs of their own', async () => {
    const { member } = await start({ 'listen-client-urls': 'https://127.0.0.1:0,http://127.0.0.1:0' });
    const [secure = '', open = ''] = member.clientUrls;
    expect([secure.slice(0, 8), open.slice(0, 7)]).to.deep.equal(['https://', 'http://']);
    expect((await https(`${secure}/health`)).status).to.equal(200);
    expect((await fetch(`${open}/health`)).status).to.equal(200);
    const plain = new EtcdClient(open.slice('http://'.length));
    others.push(plain);
    expectOk(await plain.put('a', 'b'));
  });

  it('serves metrics over TLS, with the same certificates', async () => {
    const { member } = await start({
      'listen-metrics-urls': 'https://127.0.0.1:0',
      'trusted-ca-file': authority.caFile,
    });
    const [url = ''] = member.metricsUrls;
    expect((await https(`${url}/metrics`, { own: await authority.issue() })).body).to.match(/raftkv_info/);
    const stranger = await https(`${url}/metrics`).catch((error: unknown) => error);
    expect(stranger, 'without a certificate').to.be.instanceOf(Error);
  });

  // A client that prefers HTTP/2, as curl and Prometheus do, agreed on it with the port for metrics, which then closed the
  // connection.
  it('offers HTTP/1.1 alone on the ports without gRPC', async () => {
    const { member } = await start({
      'listen-metrics-urls': 'https://127.0.0.1:0',
      'listen-client-http-urls': 'https://127.0.0.1:0',
    });
    const agreed: unknown[] = [];
    for (const [url] of [member.metricsUrls, member.clientHttpUrls, member.clientUrls, member.clientHttpUrls]) {
      const { hostname, port } = new URL(defined(url, 'a URL'));
      const socket = connect({
        host: hostname,
        port: Number(port),
        ca: authority.ca,
        ALPNProtocols: ['h2', 'http/1.1'],
      });
      await once(socket, 'secureConnect');
      agreed.push(socket.alpnProtocol);
      socket.destroy();
    }
    expect(agreed).to.deep.equal(['http/1.1', 'http/1.1', 'h2', 'http/1.1']);
  });

  it('requires certificates of clients with --trusted-ca-file alone', async () => {
    const started = await start({ 'trusted-ca-file': authority.caFile });
    expect(await put(started, await authority.issue({ uses: ['client'], hosts: [] }))).to.equal('ok');
    expect(await put(started)).to.equal(UNAVAILABLE);
    const stranger = await (await TestAuthority.create('another CA')).issue();
    expect(await put(started, stranger), 'of another authority').to.equal(UNAVAILABLE);
  });

  it('admits certificates that are valid for --client-cert-allowed-hostname alone', async () => {
    const settings = { 'trusted-ca-file': authority.caFile, 'client-cert-allowed-hostname': 'a.raft.example,10.0.0.7' };
    const started = await start(settings);
    for (const [hosts, outcome] of [
      [['a.raft.example'], 'ok'],
      [['*.raft.example'], 'ok'],
      [['10.0.0.7'], 'ok'],
      [['b.a.raft.example', '10.0.0.8'], UNAVAILABLE],
      [[], UNAVAILABLE],
    ] as const) {
      // The common name does not count, as in Go.
      const own = await authority.issue({ commonName: 'a.raft.example', hosts });
      expect(await put(started, own), hosts.join()).to.equal(outcome);
    }
  });

  it('uses renewed files from the next handshake on, and keeps good ones when they break', async () => {
    const [certFile, keyFile] = ['cert', 'key'].map((name) => join(authority.folder, `renewed.${name}`)) as [
      string,
      string,
    ];
    const copy = (from: CertificateFiles): void => {
      copyFileSync(from.certFile, certFile);
      copyFileSync(from.keyFile, keyFile);
    };
    copy(server);
    const { client, member, logger } = await start({ 'cert-file': certFile, 'key-file': keyFile });
    const seen = async (): Promise<string> => {
      const { port } = new URL(defined(member.clientUrls[0], 'a URL'));
      const socket: TLSSocket = connect({ port: Number(port), host: '127.0.0.1', ca: authority.ca });
      await once(socket, 'secureConnect');
      const serial = socket.getPeerX509Certificate()?.serialNumber ?? '';
      socket.destroy();
      return serial;
    };
    expect(await seen()).to.equal(server.serial);
    const renewed = await authority.issue();
    copy(renewed);
    expect(await seen()).to.equal(renewed.serial);
    const last = await authority.issue();
    copyFileSync(last.certFile, certFile);
    expect([await seen(), await seen()], 'the key is missing yet').to.deep.equal([renewed.serial, renewed.serial]);
    writeFileSync(keyFile, last.key.slice(0, 100));
    expect(await seen(), 'half a key').to.equal(renewed.serial);
    writeFileSync(keyFile, last.key);
    expect(await seen()).to.equal(last.serial);
    expect(logger.messages('error')).to.have.length(2);
    expectOk(await client.put('a', 'b'));
  });

  it('closes the connections of its clients when it stops', async () => {
    const { client, member } = await start();
    expectOk(await client.put('a', 'b'));
    const idle = connect({ port: Number(new URL(defined(member.clientUrls[0], 'a URL')).port), ca: authority.ca });
    idle.on('error', () => undefined);
    await once(idle, 'secureConnect');
    const closed = once(idle.resume(), 'close');
    await member.stop();
    await closed;
  });

  // GHSA-5x4g-q5rc-36jp: the ciphers that etcd accepts by default include weak ones.
  it('GHSA-5x4g-q5rc-36jp: accepts no weak cipher by default, and only named ones with --cipher-suites', async () => {
    const agreed = async ({ member }: LoneMember, ciphers: string): Promise<string> => {
      const { port } = new URL(defined(member.clientUrls[0], 'a URL'));
      const socket = connect({
        port: Number(port),
        host: '127.0.0.1',
        ca: authority.ca,
        maxVersion: 'TLSv1.2',
        ciphers,
      });
      try {
        await once(socket, 'secureConnect');
        return socket.getCipher().standardName;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? '';
      } finally {
        socket.destroy();
      }
    };
    const weak = ['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384'];
    const started = await start();
    for (const cipher of weak) expect(await agreed(started, cipher), cipher).to.match(/HANDSHAKE_FAILURE|ECONNRESET/);
    expect(await agreed(started, 'ECDHE-ECDSA-AES256-GCM-SHA384')).to.equal('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384');
    await started.dispose();
    const named = await start({ 'cipher-suites': 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA' });
    expect(await agreed(named, 'ECDHE-ECDSA-AES128-SHA')).to.equal('TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA');
    expect(await agreed(named, 'ECDHE-ECDSA-AES256-GCM-SHA384')).to.match(/HANDSHAKE_FAILURE|ECONNRESET/);
    expect(named.logger.messages('warn')).to.include('a cipher suite is weak');
  });

  it('keeps to --tls-min-version and --tls-max-version', async () => {
    const version = async (settings: Settings, asked: 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> => {
      const { member } = await start(settings);
      const { port } = new URL(defined(member.clientUrls[0], 'a URL'));
      const range = { minVersion: asked, maxVersion: asked };
      const socket = connect({ port: Number(port), host: '127.0.0.1', ca: authority.ca, ...range });
      const outcome = await once(socket, 'secureConnect').then(
        () => socket.getProtocol(),
        () => 'refused',
      );
      socket.destroy();
      await lone?.dispose();
      lone = undefined;
      return outcome;
    };
    expect(await version({ 'tls-min-version': 'TLS1.3' }, 'TLSv1.2')).to.equal('refused');
    expect(await version({ 'tls-min-version': 'TLS1.3' }, 'TLSv1.3')).to.equal('TLSv1.3');
    expect(await version({ 'tls-max-version': 'TLS1.2' }, 'TLSv1.3')).to.equal('refused');
    expect(await version({ 'tls-max-version': 'TLS1.2' }, 'TLSv1.2')).to.equal('TLSv1.2');
  });

  // GHSA-3wh4-j44w-pg92: etcd checked --client-crl-file on the HTTP listener only, once HTTP had one of its own with
  // --listen-client-http-urls. The gRPC listener accepted revoked certificates.
  for (const separate of [false, true]) {
    for (const host of ['native', 'grpc-js']) {
      it(`GHSA-3wh4-j44w-pg92: refuses revoked certificates on every port (${host}, HTTP apart: ${separate})`, async () => {
        const [good, revoked] = [await authority.issue(), await authority.issue()];
        const list = authority.write('clients.crl', await authority.revoke([]));
        const started = await start({
          'rpc-host': host,
          'trusted-ca-file': authority.caFile,
          'client-crl-file': list,
          'listen-metrics-urls': 'https://127.0.0.1:0',
          ...(separate && { 'listen-client-http-urls': 'https://127.0.0.1:0' }),
        });
        const { clientUrls, clientHttpUrls, metricsUrls } = started.member;
        const outcomes = async (own: CertificateFiles): Promise<unknown[]> => {
          const urls = [...(separate ? clientHttpUrls : clientUrls), ...metricsUrls];
          const answers = urls.map((url) =>
            https(`${url}/health`, { own }).then(
              ({ status }) => status,
              () => 'refused',
            ),
          );
          return [await put(started, own), ...(await Promise.all(answers))];
        };
        expect(await outcomes(revoked), 'before its revocation').to.deep.equal(['ok', 200, 200]);
        writeFileSync(list, await authority.revoke([revoked.serial]));
        expect(await outcomes(revoked)).to.deep.equal([UNAVAILABLE, 'refused', 'refused']);
        expect(await outcomes(good)).to.deep.equal(['ok', 200, 200]);
        // The client tried a connection without TLS, which the log called another failure, and said only that this one was closed.
        const client = new Client({
          endpoints: [clientUrls[0] ?? ''],
          tls: { ca: authority.ca, cert: revoked.cert, key: revoked.key },
          timeoutMs: 2_000,
        });
        const refusal = await client.get('k').then(String, String);
        await client.close();
        expect(refusal).to.include('right after the TLS handshake, as one does that refuses the client certificate');
        expect(
          started.logger.lines.filter(({ fields }) => String(fields['reason']).includes('speak TLS')),
        ).to.deep.equal([]);
        writeFileSync(list, 'no list');
        expect(await outcomes(revoked), 'a broken list revokes nothing less').to.deep.equal([
          UNAVAILABLE,
          'refused',
          'refused',
        ]);
        expect(await outcomes(good)).to.deep.equal(['ok', 200, 200]);
      });
    }
  }

  describe('is refused at the start, in one line that names the setting,', () => {
    let folder: string;
    before(() => (folder = makeTemporaryFolder('client-tls')));
    after(() => removeFolder(folder));

    async function refusal(settings: Settings): Promise<string> {
      try {
        const urls = { 'listen-client-urls': 'https://127.0.0.1:0' };
        const member = await startMember(loneSettings(folder, { ...urls, ...settings }));
        await member.stop();
      } catch (error) {
        if (error instanceof ConfigError) return error.message;
        throw error;
      }
      throw new Error('the settings were accepted');
    }

    const text = (path: () => string, setting: string, reason: string) => (): [string, string] => [
      path(),
      `--${setting} ${path()} ${reason}`,
    ];
    const cases: [string, string, () => [path: string, message: string]][] = [
      [
        'a missing certificate',
        'cert-file',
        text(() => join(folder, 'none'), 'cert-file', 'cannot be read: it does not exist'),
      ],
      ['a key for a certificate', 'cert-file', text(() => server.keyFile, 'cert-file', 'holds no certificate in PEM')],
      ['a certificate for a key', 'key-file', text(() => server.certFile, 'key-file', 'holds no private key in PEM')],
      ['a folder for a key', 'key-file', text(() => folder, 'key-file', 'cannot be read: it is a directory')],
      [
        'a CA that is a key',
        'trusted-ca-file',
        text(() => server.keyFile, 'trusted-ca-file', 'holds no certificate in PEM'),
      ],
    ];
    for (const [what, setting, made] of cases) {
      it(`with ${what}`, async () => {
        const [path, message] = made();
        const files = { 'cert-file': server.certFile, 'key-file': server.keyFile };
        expect(await refusal({ ...files, [setting]: path })).to.equal(message);
      });
    }

    it('with a key that does not belong to the certificate', async () => {
      const { keyFile } = await authority.issue();
      expect(await refusal({ 'cert-file': server.certFile, 'key-file': keyFile })).to.equal(
        `--key-file ${keyFile} does not belong to the certificate in --cert-file ${server.certFile}`,
      );
    });

    it('with a revocation list that is none', async () => {
      const settings = {
        'cert-file': server.certFile,
        'key-file': server.keyFile,
        'trusted-ca-file': authority.caFile,
      };
      expect(await refusal({ ...settings, 'client-crl-file': authority.caFile })).to.match(
        /^--client-crl-file \S+ is not a certificate revocation list: [^\n]+$/,
      );
    });
  });
});
