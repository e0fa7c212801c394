import { suiteKind } from '../../tls/cipher-suites.js';
import type { SettingValues } from './table.js';
import { ConfigError, isSecure } from './urls.js';

interface WithoutEffect {
  readonly setting: string;
  readonly reason: string;
}

/** The settings of one side, clients or members: what they have in common. */
interface Side {
  /** Begins the names of the flags. */
  readonly prefix: '' | 'peer-';
  /** URLs to listen on, with their flags. */
  readonly urls: readonly (readonly [flag: string, url: string])[];
  /** For messages: `clients or metrics`. */
  readonly whose: string;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly auto: boolean;
  readonly ca: string | undefined;
  /** Flags of settings that were given and check certificates of the other side. */
  readonly checks: readonly string[];
}

/** @throws ConfigError if the settings of TLS contradict each other, or the URLs */
export function checkTls(values: SettingValues): void {
  checkVersions(values);
  checkSide(clientSide(values));
  checkSide(peerSide(values));
  checkPeers(values);
}

/** Settings of TLS that were given and have no effect. */
export function tlsWithoutEffect(values: SettingValues): readonly WithoutEffect[] {
  const { cipherSuites = [], peerSkipClientSanVerification, peerTrustedCaFile } = values;
  const skipped = peerSkipClientSanVerification && peerTrustedCaFile === undefined;
  return [
    ...unusedOf(clientSide(values)),
    ...unusedOf(peerSide(values)),
    ...(skipped ? [{ setting: 'peer-skip-client-san-verification', reason: 'it needs peer-trusted-ca-file' }] : []),
    ...cipherSuites
      .filter((suite) => suiteKind(suite).kind === 'tls13')
      .map((suite) => ({ setting: 'cipher-suites', reason: `${suite} of TLS 1.3 is always on` })),
  ];
}

function unusedOf({ prefix, urls, whose, cert, auto }: Side): readonly WithoutEffect[] {
  const isUsed = urls.some(([, url]) => isSecure(url));
  const reason = `no URL to listen on for ${whose} begins with https`;
  // A member presents its certificate to others, whatever it listens on.
  const unusedCert = cert !== undefined && !isUsed && prefix === '';
  const unusedAuto = auto && (cert !== undefined ? `${prefix}cert-file is given` : !isUsed && reason);
  return [
    ...(unusedCert ? [{ setting: `${prefix}cert-file`, reason }] : []),
    ...(unusedAuto === false ? [] : [{ setting: `${prefix}auto-tls`, reason: unusedAuto }]),
  ];
}

function checkVersions({ tlsMinVersion, tlsMaxVersion, cipherSuites }: SettingValues): void {
  if (tlsMinVersion > tlsMaxVersion) {
    throw new ConfigError(`--tls-min-version ${tlsMinVersion} is above --tls-max-version ${tlsMaxVersion}`);
  }
  if (cipherSuites !== undefined && tlsMinVersion === 'TLS1.3') {
    throw new ConfigError('--cipher-suites has no effect with --tls-min-version TLS1.3, whose suites cannot be chosen');
  }
}

function checkSide({ prefix, urls, whose, cert, key, auto, ca, checks }: Side): void {
  checkPair([`--${prefix}cert-file`, cert], [`--${prefix}key-file`, key]);
  const [secure] = urls.filter(([, url]) => isSecure(url));
  if (secure !== undefined && cert === undefined && !auto) {
    throw new ConfigError(
      `${secure.join(' ')} needs --${prefix}cert-file and --${prefix}key-file, or --${prefix}auto-tls`,
    );
  }
  const [first] = checks;
  if (first === undefined) return;
  if (secure === undefined) {
    throw new ConfigError(`${first} protects https URLs alone, and no URL to listen on for ${whose} is one`);
  }
  const needy = checks.find((flag) => flag !== `--${prefix}trusted-ca-file`);
  if (ca === undefined && needy !== undefined) throw new ConfigError(`${needy} needs --${prefix}trusted-ca-file`);
}

function checkPeers(values: SettingValues): void {
  const { peerClientCertFile, peerClientKeyFile, peerCertAllowedCn, peerCertAllowedHostname } = values;
  checkPair(['--peer-client-cert-file', peerClientCertFile], ['--peer-client-key-file', peerClientKeyFile]);
  if (peerCertAllowedCn !== undefined && peerCertAllowedHostname !== undefined) {
    throw new ConfigError('--peer-cert-allowed-cn and --peer-cert-allowed-hostname exclude each other');
  }
  if (values.peerAutoTls && values.peerCertFile === undefined && values.peerTrustedCaFile !== undefined) {
    throw new ConfigError('--peer-auto-tls makes certificates that --peer-trusted-ca-file does not accept');
  }
}

/** Both settings of a pair are given, or none. */
function checkPair(...pair: readonly (readonly [flag: string, value: string | undefined])[]): void {
  const [missing] = pair.filter(([, value]) => value === undefined);
  const [given] = pair.filter(([, value]) => value !== undefined);
  if (missing !== undefined && given !== undefined) throw new ConfigError(`${given[0]} needs ${missing[0]}`);
}

function clientSide(values: SettingValues): Side {
  const { listenClientUrls, listenClientHttpUrls = [], listenMetricsUrls = [] } = values;
  return {
    prefix: '',
    urls: [
      ...listenClientUrls.map((url) => ['--listen-client-urls', url] as const),
      ...listenClientHttpUrls.map((url) => ['--listen-client-http-urls', url] as const),
      ...listenMetricsUrls.map((url) => ['--listen-metrics-urls', url] as const),
    ],
    whose: 'clients or metrics',
    cert: values.certFile,
    key: values.keyFile,
    auto: values.autoTls,
    ca: values.trustedCaFile,
    checks: given([
      ['--trusted-ca-file', values.trustedCaFile],
      ['--client-cert-auth', values.clientCertAuth],
      ['--client-crl-file', values.clientCrlFile],
      ['--client-cert-allowed-hostname', values.clientCertAllowedHostname],
    ]),
  };
}

function peerSide(values: SettingValues): Side {
  return {
    prefix: 'peer-',
    urls: values.listenPeerUrls.map((url) => ['--listen-peer-urls', url] as const),
    whose: 'members',
    cert: values.peerCertFile,
    key: values.peerKeyFile,
    auto: values.peerAutoTls,
    ca: values.peerTrustedCaFile,
    checks: given([
      ['--peer-trusted-ca-file', values.peerTrustedCaFile],
      ['--peer-client-cert-auth', values.peerClientCertAuth],
      ['--peer-crl-file', values.peerCrlFile],
      ['--peer-cert-allowed-cn', values.peerCertAllowedCn],
      ['--peer-cert-allowed-hostname', values.peerCertAllowedHostname],
    ]),
  };
}

function given(settings: readonly (readonly [flag: string, value: unknown])[]): readonly string[] {
  return settings.flatMap(([flag, value]) => (value === undefined || value === false ? [] : [flag]));
}
