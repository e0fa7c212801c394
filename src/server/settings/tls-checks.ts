import { suiteKind } from '../../tls/cipher-suites.js';
import type { SettingValues } from './table.js';
import { ConfigError, isSecure } from './urls.js';

interface WithoutEffect {
  readonly setting: string;
  readonly reason: string;
}

/** @throws ConfigError if the settings of TLS contradict each other, or the URLs */
export function checkTls(values: SettingValues): void {
  checkVersions(values);
  checkClients(values);
}

/** Settings of TLS that were given and have no effect, or a doubtful one. */
export function tlsWithoutEffect(values: SettingValues): readonly WithoutEffect[] {
  const { certFile, cipherSuites = [] } = values;
  const unused = certFile !== undefined && !clientUrls(values).some(([, url]) => isSecure(url));
  const reason = 'no URL to listen on for clients or metrics begins with https';
  return [
    ...(unused ? [{ setting: 'cert-file', reason }] : []),
    ...cipherSuites.flatMap((suite): WithoutEffect[] => {
      const kind = suiteKind(suite);
      if (kind.kind === 'tls13') return [{ setting: 'cipher-suites', reason: `${suite} of TLS 1.3 is always on` }];
      return [];
    }),
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

function checkClients(values: SettingValues): void {
  const { certFile, keyFile, trustedCaFile, clientCertAuth, clientCrlFile, clientCertAllowedHostname } = values;
  checkPair(['--cert-file', certFile], ['--key-file', keyFile]);
  const [secure] = clientUrls(values).filter(([, url]) => isSecure(url));
  if (secure !== undefined && certFile === undefined) {
    throw new ConfigError(`${secure.join(' ')} needs --cert-file and --key-file`);
  }
  const checks = [
    ['--trusted-ca-file', trustedCaFile !== undefined],
    ['--client-cert-auth', clientCertAuth],
    ['--client-crl-file', clientCrlFile !== undefined],
    ['--client-cert-allowed-hostname', clientCertAllowedHostname !== undefined],
  ] as const;
  for (const [flag, isGiven] of checks) {
    if (!isGiven) continue;
    if (secure === undefined) {
      throw new ConfigError(`${flag} protects https URLs alone, and no URL to listen on for clients or metrics is one`);
    }
    if (trustedCaFile === undefined) throw new ConfigError(`${flag} needs --trusted-ca-file`);
  }
}

/** Both settings of a pair are given, or none. */
function checkPair(...pair: readonly (readonly [flag: string, value: string | undefined])[]): void {
  const [missing] = pair.filter(([, value]) => value === undefined);
  const [given] = pair.filter(([, value]) => value !== undefined);
  if (missing !== undefined && given !== undefined) throw new ConfigError(`${given[0]} needs ${missing[0]}`);
}

/** The URLs that clients and collectors of metrics connect to, with their flags. */
function clientUrls(values: SettingValues): readonly (readonly [flag: string, url: string])[] {
  const { listenClientUrls, listenClientHttpUrls = [], listenMetricsUrls = [] } = values;
  return [
    ...listenClientUrls.map((url) => ['--listen-client-urls', url] as const),
    ...listenClientHttpUrls.map((url) => ['--listen-client-http-urls', url] as const),
    ...listenMetricsUrls.map((url) => ['--listen-metrics-urls', url] as const),
  ];
}
