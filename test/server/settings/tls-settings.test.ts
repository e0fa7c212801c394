import { expect } from 'chai';
import { resolveConfig } from '../../../src/server/settings/config.js';
import type { RawSettings } from '../../../src/server/settings/table.js';
import { ConfigError } from '../../../src/server/settings/urls.js';

const SECURE = { 'listen-client-urls': 'https://127.0.0.1:2379' };
const FILES = { 'cert-file': 'a.crt', 'key-file': 'a.key' };
const SECURE_PEERS = { 'listen-peer-urls': 'https://127.0.0.1:2380' };
const PEER_FILES = { 'peer-cert-file': 'a.crt', 'peer-key-file': 'a.key' };
const TRUSTED_PEERS = { ...SECURE_PEERS, ...PEER_FILES, 'peer-trusted-ca-file': 'ca.crt' };

function refusal(raw: RawSettings): string {
  try {
    resolveConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}

function withoutEffect(raw: RawSettings): string[] {
  return resolveConfig(raw).withoutEffect.map(({ setting }) => setting);
}

describe('the settings of TLS', () => {
  it('are few by default', () => {
    const { tlsMinVersion, tlsMaxVersion, cipherSuites, tlsHandshakeTimeoutMs, maxTlsHandshakes } = resolveConfig({});
    const values = [tlsMinVersion, tlsMaxVersion, cipherSuites, tlsHandshakeTimeoutMs, maxTlsHandshakes];
    expect(values).to.deep.equal(['TLS1.2', 'TLS1.3', undefined, 10_000, 1_000]);
  });

  it('may be empty texts, which count as not given, as in etcd', () => {
    const names = ['cert-file', 'key-file', 'trusted-ca-file', 'client-crl-file', 'cipher-suites', 'tls-max-version'];
    expect(resolveConfig(Object.fromEntries(names.map((name) => [name, ''])))).to.deep.equal(resolveConfig({}));
  });

  it('take a list of suites as a text or an array', () => {
    const suites = ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305'];
    expect(resolveConfig({ cipherSuites: suites.join() }).cipherSuites).to.deep.equal(suites);
    expect(resolveConfig({ cipherSuites: suites }).cipherSuites).to.deep.equal(suites);
  });

  const refusals: [string, RawSettings, RegExp][] = [
    [
      'an https URL without a certificate',
      SECURE,
      /^--listen-client-urls https:\S+ needs --cert-file and --key-file, or --auto-tls/,
    ],
    [
      'an https URL of metrics without a certificate',
      { 'listen-metrics-urls': 'https://127.0.0.1:1' },
      /^--listen-metrics-urls https:\S+ needs/,
    ],
    ['a certificate without a key', { ...SECURE, 'cert-file': 'a' }, /^--cert-file needs --key-file$/],
    ['a key without a certificate', { 'key-file': 'a' }, /^--key-file needs --cert-file$/],
    ['a CA without an https URL', { ...FILES, 'trusted-ca-file': 'a' }, /^--trusted-ca-file protects https URLs alone/],
    ['certificates of clients without a CA', { ...SECURE, ...FILES, 'client-cert-auth': 'true' }, /needs --trusted-ca/],
    ['a revocation list without a CA', { ...SECURE, ...FILES, 'client-crl-file': 'a' }, /^--client-crl-file needs/],
    [
      'allowed names without a CA',
      { ...SECURE, ...FILES, 'client-cert-allowed-hostname': 'a' },
      /^--client-cert-allowed-hostname needs --trusted-ca-file$/,
    ],
    [
      'an https URL of members without a certificate',
      SECURE_PEERS,
      /^--listen-peer-urls https:\S+ needs --peer-cert-file/,
    ],
    ['a key of members without a certificate', { 'peer-key-file': 'a' }, /^--peer-key-file needs --peer-cert-file$/],
    [
      'a certificate to present without its key',
      { 'peer-client-cert-file': 'a' },
      /^--peer-client-cert-file needs --peer-client-key-file$/,
    ],
    [
      'a CA of members without an https URL',
      { ...PEER_FILES, 'peer-trusted-ca-file': 'a' },
      /^--peer-trusted-ca-file protects https URLs alone, and no URL to listen on for members is one$/,
    ],
    [
      'certificates of members without a CA',
      { ...SECURE_PEERS, ...PEER_FILES, 'peer-client-cert-auth': 'true' },
      /^--peer-client-cert-auth needs --peer-trusted-ca-file$/,
    ],
    [
      'allowed common names and host names together',
      { ...TRUSTED_PEERS, 'peer-cert-allowed-cn': 'a', 'peer-cert-allowed-hostname': 'b' },
      /exclude each other$/,
    ],
    [
      'self-signed certificates with a CA for members',
      { ...SECURE_PEERS, 'peer-auto-tls': 'true', 'peer-trusted-ca-file': 'a' },
      /^--peer-auto-tls makes certificates that --peer-trusted-ca-file does not accept$/,
    ],
    ['a validity of no years', { 'self-signed-cert-validity': '0' }, /^--self-signed-cert-validity 0: must be/],
    ['an unknown suite', { 'cipher-suites': 'FOO' }, /^--cipher-suites: unknown cipher suite "FOO"/],
    ['a name of every object', { 'cipher-suites': 'toString' }, /unknown cipher suite "toString"/],
    ['a broken suite', { 'cipher-suites': 'TLS_RSA_WITH_RC4_128_SHA' }, /TLS_RSA_WITH_RC4_128_SHA is broken/],
    ['suites of TLS 1.3 alone', { 'cipher-suites': 'TLS_AES_128_GCM_SHA256' }, /names no suite of TLS 1\.2/],
    [
      'suites with TLS 1.3 alone',
      { 'cipher-suites': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'tls-min-version': 'TLS1.3' },
      /^--cipher-suites has no effect with --tls-min-version TLS1\.3/,
    ],
    [
      'a lowest version above the highest',
      { 'tls-min-version': 'TLS1.3', 'tls-max-version': 'TLS1.2' },
      /^--tls-min-version TLS1\.3 is above --tls-max-version TLS1\.2$/,
    ],
    ['an old version', { 'tls-min-version': 'TLS1.1' }, /^--tls-min-version TLS1\.1: must be one of TLS1\.2, TLS1\.3$/],
  ];
  for (const [what, raw, says] of refusals) {
    it(`refuse ${what}`, () => expect(refusal(raw)).to.match(says));
  }

  it('are reported where they have no effect', () => {
    expect(withoutEffect({ ...SECURE, ...FILES })).to.deep.equal([]);
    expect(withoutEffect(FILES), 'without an https URL').to.deep.equal(['cert-file']);
    expect(withoutEffect({ ...SECURE, ...FILES, 'client-cert-file': 'b', 'client-key-file': 'b' })).to.deep.equal([
      'client-cert-file',
      'client-key-file',
    ]);
    const suites = 'TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256';
    expect(withoutEffect({ ...SECURE, ...FILES, 'cipher-suites': suites })).to.deep.equal(['cipher-suites']);
  });

  it('of members are lists where etcd has lists', () => {
    const settings = { ...TRUSTED_PEERS, 'peer-cert-allowed-cn': 'a, b' };
    expect(resolveConfig(settings).peerCertAllowedCn).to.deep.equal(['a', 'b']);
    const older = { ...TRUSTED_PEERS, 'experimental-peer-skip-client-san-verification': 'true' };
    expect(resolveConfig(older).peerSkipClientSanVerification).to.equal(true);
    expect(withoutEffect({ 'peer-skip-client-san-verification': 'true', 'peer-auto-tls': 'true' })).to.deep.equal([
      'peer-auto-tls',
      'peer-skip-client-san-verification',
    ]);
  });

  it('belong to URLs of sockets too', () => {
    expect(resolveConfig({ ...FILES, 'listen-client-urls': 'unixs:///run/a' }).listenClientUrls).to.deep.equal([
      'unixs:///run/a',
    ]);
  });
});
