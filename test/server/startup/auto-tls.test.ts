import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { startMember, type Member } from '../../../src/server/member.js';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { defined } from '../../../src/util/assert.js';
import { EtcdClient, expectOk } from '../../support/etcd-client.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { freePorts } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, loneSettings } from '../lone-member.js';

const DAY_MS = 24 * 3_600_000;

describe('a member with a self-signed certificate', function () {
  this.timeout(60_000);
  let folder: string;
  const members: Member[] = [];
  const clients: EtcdClient[] = [];

  beforeEach(() => (folder = makeTemporaryFolder('auto-tls')));

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(members.splice(0).map((member) => member.stop()));
    removeFolder(folder);
  });

  async function start(settings: Readonly<Record<string, string>> = {}): Promise<[Member, RecordingLogger]> {
    const logger = new RecordingLogger();
    const urls = { 'listen-client-urls': 'https://127.0.0.1:0', 'auto-tls': 'true' };
    const member = await startMember(loneSettings(folder, { ...urls, ...settings }), logger);
    members.push(member);
    await member.ready;
    return [member, logger];
  }

  async function certificateOf(member: Member): Promise<X509Certificate> {
    const { port } = new URL(defined(member.clientUrls[0], 'a URL'));
    const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const certificate = defined(socket.getPeerX509Certificate(), 'a certificate');
    socket.destroy();
    return certificate;
  }

  const fixture = (name: string): string => join(folder, 'data', 'fixtures', 'client', name);

  it('serves clients that do not verify', async () => {
    const [member] = await start();
    const secrets = credentials.createSsl(null, null, null, { rejectUnauthorized: false });
    const client = new EtcdClient(endpointOf(member), secrets);
    clients.push(client);
    expectOk(await client.put('a', 'b'));
  });

  it('keeps it in the data directory, for its user alone, and uses it again', async () => {
    const [first] = await start({ 'self-signed-cert-validity': '2' });
    const made = await certificateOf(first);
    const { asymmetricKeyDetails } = made.publicKey;
    expect(asymmetricKeyDetails).to.deep.equal({ namedCurve: 'secp521r1' });
    expect(made.checkIP('127.0.0.1')).to.equal('127.0.0.1');
    const days = (Date.parse(made.validTo) - Date.now()) / DAY_MS;
    expect(days).to.be.within(729, 731);
    expect(readFileSync(fixture('cert.pem'), 'utf8')).to.equal(made.toString());
    expect([statSync(fixture('key.pem')).mode & 0o777, statSync(fixture('..')).mode & 0o777]).to.deep.equal([
      0o600, 0o700,
    ]);
    await members.pop()?.stop();
    const [second, logger] = await start();
    expect((await certificateOf(second)).serialNumber).to.equal(made.serialNumber);
    expect(logger.messages('warn')).to.deep.equal([]);
  });

  it('makes a new one in place of one that cannot be used', async () => {
    const [first] = await start();
    const made = await certificateOf(first);
    await members.pop()?.stop();
    writeFileSync(fixture('key.pem'), 'damaged');
    const [second, logger] = await start();
    expect((await certificateOf(second)).serialNumber).to.not.equal(made.serialNumber);
    expect(logger.messages('warn')).to.deep.equal(['making a new self-signed certificate']);
    expect(new X509Certificate(readFileSync(fixture('cert.pem'))).serialNumber).to.not.equal(made.serialNumber);
  });

  it('uses the certificate of files where there are some', () => {
    const { withoutEffect } = loneSettings(folder, {
      'listen-client-urls': 'https://127.0.0.1:0',
      'auto-tls': 'true',
      'cert-file': 'a',
      'key-file': 'b',
    });
    expect(withoutEffect).to.deep.equal([{ setting: 'auto-tls', reason: 'cert-file is given' }]);
  });

  it('forms a cluster with others of its kind', async () => {
    const ports = await freePorts(2);
    const urls = ports.map((port) => `https://127.0.0.1:${port}`);
    const started = urls.map((url, index) =>
      startMember(
        resolveConfig({
          name: `m${index}`,
          'data-dir': join(folder, `m${index}`),
          'listen-client-urls': 'http://127.0.0.1:0',
          'listen-peer-urls': url,
          'initial-cluster': urls.map((each, at) => `m${at}=${each}`).join(','),
          'peer-auto-tls': 'true',
        }),
      ),
    );
    members.push(...(await Promise.all(started)));
    await Promise.all(members.map(({ ready }) => ready));
    const client = new EtcdClient(endpointOf(defined(members[0], 'a member')));
    clients.push(client);
    expectOk(await client.put('a', 'b'));
    const files = [0, 1].map((index) => join(folder, `m${index}`, 'fixtures', 'peer', 'cert.pem'));
    const serials = files.map((file) => new X509Certificate(readFileSync(file)).serialNumber);
    expect(new Set(serials).size).to.equal(2);
  });
});
