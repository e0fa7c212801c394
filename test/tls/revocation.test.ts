import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { assert, nat, property } from 'fast-check';
import { TlsFileError } from '../../src/tls/files.js';
import { revokedIn, revokedSerials } from '../../src/tls/revocation.js';
import { testAuthority } from '../support/certificates.js';

const FILE = { setting: '--client-crl-file', path: 'list.crl' };

describe('a revocation list', function () {
  this.timeout(300_000);

  it('names serial numbers', async () => {
    const list = await (await testAuthority()).revoke(['0a', '00ff00', '7fffffffffffffffffffffffffffffff']);
    expect([...revokedSerials(FILE, list)]).to.deep.equal(['A', 'FF00', '7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF']);
  });

  it('may be empty', async () => {
    expect(revokedSerials(FILE, await (await testAuthority()).revoke([]))).to.have.property('size', 0);
  });

  it('may be in PEM', async () => {
    const list = await (await testAuthority()).revoke(['1234']);
    const lines = list.toString('base64').replaceAll(/.{64}/g, '$&\n');
    const pem = `-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----\n`;
    expect([...revokedSerials(FILE, Buffer.from(pem))]).to.deep.equal(['1234']);
  });

  it('covers a certificate by its serial number', async () => {
    const authority = await testAuthority();
    const { cert, serial } = await authority.issue();
    const certificate = new X509Certificate(cert);
    expect(revokedIn(certificate, revokedSerials(FILE, await authority.revoke([serial])))).to.equal(serial);
    expect(revokedIn(certificate, revokedSerials(FILE, await authority.revoke(['12'])))).to.equal(undefined);
  });

  it('is refused, with one line, if its bytes are not a list', async () => {
    const list = await (await testAuthority()).revoke(['0a', '0b']);
    for (const bytes of [Buffer.alloc(0), Buffer.from('no list'), list.subarray(0, 60), list.subarray(4)]) {
      expect(() => revokedSerials(FILE, bytes)).to.throw(
        TlsFileError,
        /^--client-crl-file list\.crl is not a certificate revocation list: [^\n]+$/,
      );
    }
  });

  it('is read without another error from any bytes', async () => {
    const list = await (await testAuthority()).revoke(['0a', '0b', '0c']);
    assert(
      property(nat(list.length - 1), nat(255), (at, value) => {
        const bytes = Buffer.from(list);
        bytes[at] = value;
        try {
          revokedSerials(FILE, bytes);
        } catch (error) {
          expect(error).to.be.instanceOf(TlsFileError);
        }
      }),
    );
  });
});
