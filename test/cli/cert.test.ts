import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { revokedSerials } from '../../src/tls/revocation.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommand } from './run-command.js';

const DAY_MS = 24 * 3_600_000;

describe('raftkv cert', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = makeTemporaryFolder('cert')));
  afterEach(() => removeFolder(folder));

  const cert = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(['cert', ...args, '--dir', folder]);
    return code === 0 && stderr === '' ? stdout : `${code} ${stderr}`;
  };
  const file = (name: string): string => join(folder, name);
  const read = (name: string): X509Certificate => new X509Certificate(readFileSync(file(name)));

  it('makes an authority, and certificates of members and clients', async () => {
    expect(await cert('ca', '--days', '10')).to.equal(`${file('ca.crt')}\n${file('ca.key')}\n`);
    expect(await cert('member', 'n1', '--hosts', 'n1.raft.example,10.0.0.1')).to.equal(
      `${file('n1.crt')}\n${file('n1.key')}\n`,
    );
    expect(await cert('client', 'alice', '--days', '2')).to.equal(`${file('alice.crt')}\n${file('alice.key')}\n`);
    const [ca, member, client] = ['ca.crt', 'n1.crt', 'alice.crt'].map(read) as [
      X509Certificate,
      X509Certificate,
      X509Certificate,
    ];
    expect([ca.ca, member.ca]).to.deep.equal([true, false]);
    for (const each of [member, client])
      expect([each.verify(ca.publicKey), each.checkIssued(ca)]).to.deep.equal([true, true]);
    expect([member.checkHost('n1.raft.example'), member.checkIP('10.0.0.1')]).to.deep.equal([
      'n1.raft.example',
      '10.0.0.1',
    ]);
    expect([member.subject, client.subject, client.subjectAltName]).to.deep.equal(['CN=n1', 'CN=alice', undefined]);
    const uses = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' };
    expect([member.keyUsage, client.keyUsage]).to.deep.equal([[uses.server, uses.client], [uses.client]]);
    expect((Date.parse(client.validTo) - Date.now()) / DAY_MS).to.be.within(1.9, 2.1);
    const modes = ['ca.key', 'n1.key', 'alice.key'].map((name) => statSync(file(name)).mode & 0o777);
    expect(modes).to.deep.equal([0o600, 0o600, 0o600]);
  });

  // The gateway refuses a certificate with a common name where authentication goes by certificates, as etcd's does.
  it('makes certificates of clients with another common name, or without one', async () => {
    await cert('ca');
    await cert('client', 'gateway', '--cn', '');
    await cert('client', 'laptop', '--cn', 'alice smith');
    expect([read('gateway.crt').subject ?? '', read('laptop.crt').subject]).to.deep.equal(['', 'CN=alice smith']);
    const ca = read('ca.crt');
    expect(read('gateway.crt').verify(ca.publicKey)).to.equal(true);
  });

  it('makes a list of revoked certificates', async () => {
    await cert('ca');
    await cert('client', 'alice');
    expect(await cert('crl', file('alice.crt'))).to.equal(`${file('revoked.crl')}\n`);
    const list = (): ReadonlySet<string> =>
      revokedSerials({ setting: '--client-crl-file', path: 'a' }, readFileSync(file('revoked.crl')));
    expect([...list()]).to.deep.equal([read('alice.crt').serialNumber]);
    await cert('crl');
    expect(list()).to.have.property('size', 0);
  });

  it('overwrites nothing', async () => {
    await cert('ca');
    const before = readFileSync(file('ca.key'));
    const exists = (name: string): string =>
      `1 raftkv: ${file(name)} cannot be written: it already exists: ` +
      'nothing is overwritten; to make new ones, move it and its .crt away first\n';
    expect(await cert('ca')).to.equal(exists('ca.key'));
    await cert('member', 'n1');
    expect(await cert('client', 'n1')).to.equal(exists('n1.key'));
    expect(readFileSync(file('ca.key')).equals(before)).to.equal(true);
  });

  it('refuses in one line what cannot work', async () => {
    const noAuthority = `1 raftkv: ${folder} has no authority that can be used (it does not exist): make one with raftkv cert ca\n`;
    expect(await cert('client', 'alice')).to.equal(noAuthority);
    await cert('ca');
    for (const name of ['../alice', '', '.', 'ca', 'a/b'])
      expect(await cert('client', name)).to.match(/^1 raftkv: "[^\n]*" cannot be a name: [^\n]*\n$/);
    expect(await cert('member', 'n1', '--hosts', 'a b')).to.equal(
      '1 raftkv: --hosts: "a b" is neither a name nor an address\n',
    );
    expect(await cert('crl', file('none.crt'))).to.equal(
      `1 raftkv: ${file('none.crt')} cannot be read: it does not exist\n`,
    );
    expect(await cert('crl', file('ca.key'))).to.match(/^1 raftkv: the list cannot be made: [^\n]*\n$/);
    expect(await cert('client', 'alice', '--days', '0')).to.match(/^1 raftkv: .*--days.*from 1 to 36500/);
    writeFileSync(file('ca.key'), 'damaged');
    expect(await cert('client', 'alice')).to.match(
      /^1 raftkv: .* has no authority that can be used \([^\n]*\): make one[^\n]*\n$/,
    );
  });
});
