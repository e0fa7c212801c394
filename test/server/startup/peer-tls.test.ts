import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { startMember, type Member } from '../../../src/server/member.js';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { defined } from '../../../src/util/assert.js';
import { TestAuthority, testAuthority, type CertificateFiles } from '../../support/certificates.js';
import { EtcdClient, expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { freePorts } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf } from '../lone-member.js';

type Settings = Readonly<Record<string, string>>;

interface Running {
  readonly member: Member;
  readonly logger: RecordingLogger;
  readonly client: EtcdClient;
}

/** A cluster of real members in this process, whose peer URLs are https. */
class SecureCluster {
  readonly folder = makeTemporaryFolder('peer-tls');
  readonly running: Running[] = [];
  readonly ports: readonly number[];

  private constructor(ports: readonly number[]) {
    this.ports = ports;
  }

  static async create(size: number): Promise<SecureCluster> {
    return new SecureCluster(await freePorts(size));
  }

  peerUrl(index: number, scheme = 'https'): string {
    return `${scheme}://127.0.0.1:${this.ports[index]}`;
  }

  settings(index: number): Settings {
    return {
      name: `m${index}`,
      'data-dir': join(this.folder, `m${index}`),
      'listen-client-urls': 'http://127.0.0.1:0',
      'listen-peer-urls': this.peerUrl(index),
      'initial-cluster': this.ports.map((_port, at) => `m${at}=${this.peerUrl(at)}`).join(','),
      'wal-segment-bytes': String(8 * 1024 * 1024),
    };
  }

  async start(index: number, settings: Settings): Promise<Running> {
    const logger = new RecordingLogger();
    const member = await startMember(resolveConfig({ ...this.settings(index), ...settings }), logger);
    const client = new EtcdClient(endpointOf(member));
    const started = { member, logger, client };
    this.running.push(started);
    return started;
  }

  /** Starts all members, and waits until they serve. */
  async startAll(settingsOf: (index: number) => Settings): Promise<Running[]> {
    const all = await Promise.all(this.ports.map((_port, index) => this.start(index, settingsOf(index))));
    await Promise.all(all.map(({ member }) => member.ready));
    return all;
  }

  async dispose(): Promise<void> {
    await Promise.all(
      this.running.map(async ({ client, member }) => {
        client.close();
        await member.stop();
      }),
    );
    removeFolder(this.folder);
  }
}

async function addMember({ client }: Running, url: string): Promise<void> {
  const codecs = { request: etcdserverpb.MemberAddRequest, response: etcdserverpb.MemberAddResponse };
  expectOk(await client.call('/etcdserverpb.Cluster/MemberAdd', codecs, { peerURLs: [url] }));
}

describe('members with TLS between them', function () {
  this.timeout(120_000);
  let authority: TestAuthority;
  let own: CertificateFiles;
  let cluster: SecureCluster;

  before(async () => {
    authority = await testAuthority();
    own = await authority.issue({ commonName: 'member' });
  });

  afterEach(() => cluster.dispose());

  function withFiles({ certFile, keyFile }: CertificateFiles = own): Settings {
    return { 'peer-cert-file': certFile, 'peer-key-file': keyFile, 'peer-trusted-ca-file': authority.caFile };
  }

  /** Whether a member of an own cluster accepts a link over a connection: its answer to a link of no known member. */
  async function answerOf(socket: TLSSocket): Promise<string> {
    const failed = once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code ?? '');
    const closed = once(socket, 'close').then(() => 'closed');
    const heard = once(socket, 'data').then(() => 'heard');
    socket.on('secureConnect', () => socket.write('RAFTKV\r\n'.padEnd(5_000, '.')));
    const outcome = await Promise.race([heard, closed, failed]).catch(
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? '',
    );
    for (const pending of [heard, closed, failed]) pending.catch(() => undefined);
    socket.destroy();
    return outcome;
  }

  function dial(
    certificate: { readonly cert: string; readonly key: string } | undefined,
    localAddress = '127.0.0.1',
  ): TLSSocket {
    const socket = connectPlain({ host: '127.0.0.1', port: defined(cluster.ports[0], 'a port'), localAddress });
    return connectTls({ socket, host: '127.0.0.1', ca: authority.ca, ...certificate });
  }

  it('form a cluster, and send everything over it, snapshots too', async () => {
    cluster = await SecureCluster.create(3);
    const settings = {
      ...withFiles(),
      'snapshot-count': '50',
      'snapshot-catchup-entries': '10',
      'wal-flush-bytes': '0',
    };
    const all = await cluster.startAll(() => settings);
    expect(all.map(({ member }) => member.peerUrls)).to.deep.equal([0, 1, 2].map((index) => [cluster.peerUrl(index)]));
    const [first, second, third] = all as [Running, Running, Running];
    await third.member.stop();
    // The leader keeps its log for the member as long as that counts as active: an election timeout.
    const isCut = ({ logger }: Running): boolean =>
      logger.lines.some(({ message, fields }) => message === 'log cut' && Number(fields['upTo']) > 100);
    let puts = 0;
    while (puts < 200 || ![first, second].every(isCut)) {
      expectOk(await first.client.put(`k${puts}`, 'v'));
      puts += 1;
    }
    const late = await cluster.start(2, { ...settings, 'initial-corrupt-check': 'true' });
    await poll('the state', async () => {
      const answer = await late.client.get(`k${puts - 1}`, { serializable: true });
      return (answer.kind === 'ok' && answer.response.kvs.length === 1) || undefined;
    });
    expect(late.logger.messages('info')).to.include('receiving a snapshot');
    expect([first, second, late].flatMap(({ logger }) => logger.messages('error'))).to.deep.equal([]);
  });

  it('admit a member that joins, over TLS alone', async () => {
    cluster = await SecureCluster.create(2);
    const initial = { 'initial-cluster': `m0=${cluster.peerUrl(0)}` };
    const first = await cluster.start(0, { ...withFiles(), ...initial });
    await first.member.ready;
    await addMember(first, cluster.peerUrl(1));
    const second = await cluster.start(1, { ...withFiles(), 'initial-cluster-state': 'existing' });
    await second.member.ready;
    expectOk(await second.client.put('a', 'b'));
  });

  it('cannot be reached without a certificate of their authority', async () => {
    cluster = await SecureCluster.create(1);
    const { logger } = await cluster.start(0, withFiles());
    const stranger = await (await TestAuthority.create('another CA')).issue();
    expect(await answerOf(dial(own)), 'the answer of the Raft code to a member').to.equal('heard');
    logger.lines.length = 0;
    expect(await answerOf(dial(undefined))).to.not.equal('heard');
    expect(await answerOf(dial(stranger))).to.not.equal('heard');
    const plain = connectPlain(defined(cluster.ports[0], 'a port'), '127.0.0.1');
    plain.write('RAFTKV\r\n');
    await once(plain.resume(), 'close');
    await poll('the refusals', () => logger.lines.length >= 3 || undefined);
    expect(new Set(logger.lines.map(({ message }) => message))).to.deep.equal(new Set(['a TLS handshake failed']));
  });

  it('do not answer calls on the peer port without a certificate', async () => {
    cluster = await SecureCluster.create(1);
    await cluster.start(0, withFiles());
    for (const [certificate, outcome] of [
      [own, 200],
      [undefined, 'refused'],
    ] as const) {
      const session = connectHttp2(cluster.peerUrl(0), {
        ca: authority.ca,
        ...(certificate && { cert: certificate.cert, key: certificate.key }),
      });
      session.on('error', () => undefined);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/raftkv.Peer/Members',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.end(Buffer.alloc(5));
      const status = await once(stream, 'response').then(
        ([headers]) => (headers as { ':status': number })[':status'],
        () => 'refused',
      );
      session.destroy();
      expect(status).to.equal(outcome);
    }
  });

  it('refuse callers from an address that their certificate does not name', async () => {
    cluster = await SecureCluster.create(1);
    await cluster.start(0, withFiles());
    const elsewhere = await authority.issue({ hosts: ['10.9.8.7'] });
    const unnamed = await authority.issue({ hosts: [] });
    const byName = await authority.issue({ hosts: ['localhost'] });
    expect(await answerOf(dial(elsewhere))).to.not.equal('heard');
    expect(await answerOf(dial(unnamed)), 'without names, as in etcd').to.equal('heard');
    expect(await answerOf(dial(byName)), 'a name that leads to 127.0.0.1').to.equal('heard');
    expect(await answerOf(dial(own, '127.0.0.5'))).to.not.equal('heard');
    await cluster.dispose();
    cluster = await SecureCluster.create(1);
    await cluster.start(0, { ...withFiles(), 'peer-skip-client-san-verification': 'true' });
    expect(await answerOf(dial(elsewhere)), 'with --peer-skip-client-san-verification').to.equal('heard');
  });

  for (const [setting, names, good, bad] of [
    ['peer-cert-allowed-cn', 'm1,m2', { commonName: 'm2' }, { commonName: 'm3' }],
    ['peer-cert-allowed-hostname', 'a.raft.example,127.0.0.1', { hosts: ['127.0.0.1'] }, { hosts: [] }],
  ] as const) {
    it(`accept certificates of --${setting} alone`, async () => {
      cluster = await SecureCluster.create(1);
      const [allowed, other] = [await authority.issue(good), await authority.issue(bad)];
      await cluster.start(0, { ...withFiles(allowed), [setting]: names });
      expect(await answerOf(dial(allowed))).to.equal('heard');
      expect(await answerOf(dial(other))).to.not.equal('heard');
    });
  }

  it('refuse revoked certificates, and members whose own is revoked', async () => {
    cluster = await SecureCluster.create(1);
    const revoked = await authority.issue();
    const list = authority.write('peers.crl', await authority.revoke([]));
    await cluster.start(0, { ...withFiles(), 'peer-crl-file': list });
    expect(await answerOf(dial(revoked))).to.equal('heard');
    writeFileSync(list, await authority.revoke([revoked.serial]));
    expect(await answerOf(dial(revoked))).to.not.equal('heard');
    expect(await answerOf(dial(own))).to.equal('heard');
  });

  it('use renewed certificates for new links', async () => {
    cluster = await SecureCluster.create(3);
    const [certFile, keyFile] = ['cert', 'key'].map((name) => join(authority.folder, `peer.${name}`)) as [
      string,
      string,
    ];
    const copy = (from: CertificateFiles): void => {
      copyFileSync(from.certFile, certFile);
      copyFileSync(from.keyFile, keyFile);
    };
    copy(own);
    const settings = { ...withFiles(), 'peer-cert-file': certFile, 'peer-key-file': keyFile };
    const [first, , third] = (await cluster.startAll(() => settings)) as [Running, Running, Running];
    // The old one is revoked for all.
    const list = authority.write('renewal.crl', await authority.revoke([own.serial]));
    copy(await authority.issue());
    await third.member.stop();
    const restarted = await cluster.start(2, { ...settings, 'peer-crl-file': list });
    await restarted.member.ready;
    expectOk(await first.client.put('a', 'b'));
    await poll('the write', async () => {
      const answer = await restarted.client.get('a', { serializable: true });
      return (answer.kind === 'ok' && answer.response.kvs.length === 1) || undefined;
    });
  });

  it('may listen with and without TLS at once, to change from one to the other', async () => {
    cluster = await SecureCluster.create(1);
    const [extra = 0] = await freePorts(1);
    const urls = { 'listen-peer-urls': `${cluster.peerUrl(0)},http://127.0.0.1:${extra}` };
    const { member } = await cluster.start(0, {
      ...withFiles(),
      ...urls,
      'initial-advertise-peer-urls': cluster.peerUrl(0),
    });
    await member.ready;
    expect(member.peerUrls).to.have.length(2);
  });
});
