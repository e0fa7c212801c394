import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { remoteNameProblem, type Names } from '../../src/tls/remote-names.js';
import { testAuthority } from '../support/certificates.js';

describe('the names in the certificate of a calling member', function () {
  this.timeout(60_000);

  const asked: string[] = [];
  const names: Names = {
    addresses: (name) => {
      asked.push(name);
      return name === 'a.raft.example'
        ? Promise.resolve(['10.0.0.1', '10.0.0.2'])
        : Promise.reject(new Error(`no ${name}`));
    },
    names: (address) => {
      asked.push(address);
      return address === '10.0.0.3' ? Promise.resolve(['b.raft.example']) : Promise.reject(new Error(`no ${address}`));
    },
  };

  async function problem(hosts: readonly string[], address: string): Promise<string | undefined> {
    asked.length = 0;
    const { cert } = await (await testAuthority()).issue({ hosts });
    return remoteNameProblem(new X509Certificate(cert), address, names);
  }

  it('include its address', async () => {
    expect(await problem(['10.0.0.9', '10.0.0.1'], '10.0.0.1')).to.equal(undefined);
    expect(await problem(['10.0.0.1'], '::ffff:10.0.0.1')).to.equal(undefined);
    expect(await problem(['fe80::1'], 'fe80::1%eth0')).to.equal(undefined);
    expect(asked, 'the name service is not needed').to.deep.equal([]);
    expect(await problem(['10.0.0.9'], '10.0.0.1')).to.equal(
      'the certificate of the caller is for 10.0.0.9, and not for 10.0.0.1',
    );
  });

  it('or a name that leads to its address', async () => {
    expect(await problem(['10.0.0.9', 'a.raft.example'], '10.0.0.2')).to.equal(undefined);
    expect(await problem(['a.raft.example'], '10.0.0.4')).to.equal(
      'the certificate of the caller is for a.raft.example, and not for 10.0.0.4 (no 10.0.0.4)',
    );
  });

  it('or a name that its address leads to, also by a wildcard', async () => {
    expect(await problem(['b.raft.example'], '10.0.0.3')).to.equal(undefined);
    expect(await problem(['*.raft.example'], '10.0.0.3')).to.equal(undefined);
    expect(await problem(['*.other.example'], '10.0.0.3')).to.match(/not for 10\.0\.0\.3/);
    expect(asked, 'a wildcard is not asked for').to.deep.equal(['10.0.0.3']);
  });

  /** The fuzzer found that Node has null for such names: the check failed with an error of its own, "reading 'matchAll'". */
  it('must be readable', async () => {
    const { cert } = await (await testAuthority()).issue({ hosts: ['a.raft.example'] });
    const { raw } = new X509Certificate(cert);
    const broken = Buffer.from(raw);
    // The sequence that holds the names becomes a text.
    const at = broken.indexOf(Buffer.from([0x82, 14, ...Buffer.from('a.raft.example')]));
    broken[at - 2] = 0x04;
    expect(await remoteNameProblem(new X509Certificate(broken), '10.0.0.1', names)).to.equal(
      'the alternative names of the certificate of the caller cannot be read',
    );
  });

  it('may be missing, as in etcd', async () => {
    expect(await problem([], '10.0.0.1')).to.equal(undefined);
  });
});
