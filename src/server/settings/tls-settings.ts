import { suiteKind } from '../../tls/cipher-suites.js';
import { boolean, choice, duration, emptyMeansDefault, integer, list, parseTexts, text } from './kinds.js';
import { ConfigError } from './urls.js';

// As in etcd, an empty text means that the setting is not given.

/** TLS of clients, which the URLs of metrics use too. */
export const CLIENT_TLS_SETTINGS = {
  certFile: emptyMeansDefault(
    text({
      flag: 'cert-file',
      group: 'TLS of clients',
      placeholder: 'file',
      help: 'certificate for https URLs of clients and metrics, with its chain (PEM)',
    }),
  ),
  keyFile: emptyMeansDefault(
    text({
      flag: 'key-file',
      group: 'TLS of clients',
      placeholder: 'file',
      help: 'private key of that certificate (PEM)',
    }),
  ),
  trustedCaFile: emptyMeansDefault(
    text({
      flag: 'trusted-ca-file',
      group: 'TLS of clients',
      placeholder: 'file',
      help: 'CA certificates (PEM); clients must present a certificate of one of them',
    }),
  ),
  /** As in etcd, `trustedCaFile` alone requires certificates already. */
  clientCertAuth: boolean({
    flag: 'client-cert-auth',
    group: 'TLS of clients',
    default: false,
    help: 'require certificates of clients, as trusted-ca-file alone does, and take their common names for users',
  }),
  clientCrlFile: emptyMeansDefault(
    text({
      flag: 'client-crl-file',
      group: 'TLS of clients',
      placeholder: 'file',
      help: 'list of revoked certificates (DER or PEM); clients with one of them are refused',
    }),
  ),
  clientCertAllowedHostname: emptyMeansDefault(
    list({
      flag: 'client-cert-allowed-hostname',
      group: 'TLS of clients',
      placeholder: 'hosts',
      parse: parseTexts,
      help: 'host names or addresses, for one of which the certificate of a client must be valid',
    }),
  ),
  autoTls: boolean({
    flag: 'auto-tls',
    group: 'TLS of clients',
    default: false,
    help: 'use a self-signed certificate if there is no cert-file; clients cannot check it',
  }),
};

/** TLS between members. */
export const PEER_TLS_SETTINGS = {
  peerCertFile: emptyMeansDefault(
    text({
      flag: 'peer-cert-file',
      group: 'TLS of members',
      placeholder: 'file',
      help: 'certificate for https URLs of members, with its chain (PEM); also presented to other members',
    }),
  ),
  peerKeyFile: emptyMeansDefault(
    text({
      flag: 'peer-key-file',
      group: 'TLS of members',
      placeholder: 'file',
      help: 'private key of that certificate (PEM)',
    }),
  ),
  peerClientCertFile: emptyMeansDefault(
    text({
      flag: 'peer-client-cert-file',
      group: 'TLS of members',
      placeholder: 'file',
      help: 'certificate to present to other members (PEM) (default: that of peer-cert-file)',
    }),
  ),
  peerClientKeyFile: emptyMeansDefault(
    text({
      flag: 'peer-client-key-file',
      group: 'TLS of members',
      placeholder: 'file',
      help: 'private key of that certificate (PEM) (default: that of peer-key-file)',
    }),
  ),
  peerTrustedCaFile: emptyMeansDefault(
    text({
      flag: 'peer-trusted-ca-file',
      group: 'TLS of members',
      placeholder: 'file',
      help: 'CA certificates (PEM) by which members check each other, in both directions',
    }),
  ),
  /** As in etcd, `peerTrustedCaFile` alone requires certificates already. */
  peerClientCertAuth: boolean({
    flag: 'peer-client-cert-auth',
    group: 'TLS of members',
    default: false,
    help: 'require certificates of members that connect, as peer-trusted-ca-file alone does',
  }),
  peerCrlFile: emptyMeansDefault(
    text({
      flag: 'peer-crl-file',
      group: 'TLS of members',
      placeholder: 'file',
      help: 'list of revoked certificates (DER or PEM); members with one of them are refused',
    }),
  ),
  peerCertAllowedCn: emptyMeansDefault(
    list({
      flag: 'peer-cert-allowed-cn',
      group: 'TLS of members',
      placeholder: 'names',
      parse: parseTexts,
      help: 'common names, of which the certificate of a member must have one',
    }),
  ),
  peerCertAllowedHostname: emptyMeansDefault(
    list({
      flag: 'peer-cert-allowed-hostname',
      group: 'TLS of members',
      placeholder: 'hosts',
      parse: parseTexts,
      help: 'host names or addresses, for one of which the certificate of a member must be valid',
    }),
  ),
  peerSkipClientSanVerification: boolean({
    flag: 'peer-skip-client-san-verification',
    aliases: ['experimental-peer-skip-client-san-verification'],
    group: 'TLS of members',
    default: false,
    help: 'accept members that connect from an address that their certificate does not name',
  }),
  peerAutoTls: boolean({
    flag: 'peer-auto-tls',
    group: 'TLS of members',
    default: false,
    help: 'use a self-signed certificate if there is no peer-cert-file; members do not check it',
  }),
};

/** TLS of all ports. */
export const TLS_SETTINGS = {
  /** In years. */
  selfSignedCertValidity: integer({
    flag: 'self-signed-cert-validity',
    group: 'TLS',
    unit: 'years',
    default: 1,
    min: 1,
    max: 100,
    help: 'validity of the certificates of auto-tls and peer-auto-tls',
  }),
  /** Go's names. */
  cipherSuites: emptyMeansDefault(
    list({
      flag: 'cipher-suites',
      group: 'TLS',
      placeholder: 'suites',
      parse: parseSuites,
      help: "cipher suites of TLS 1.2, by Go's names (default: those with forward secrecy and authenticated encryption)",
    }),
  ),
  tlsMinVersion: emptyMeansDefault(
    choice({
      flag: 'tls-min-version',
      group: 'TLS',
      placeholder: 'version',
      default: 'TLS1.2',
      words: ['TLS1.2', 'TLS1.3'],
      help: 'lowest version of TLS',
    }),
  ),
  /** Empty: the highest there is. */
  tlsMaxVersion: emptyMeansDefault(
    choice({
      flag: 'tls-max-version',
      group: 'TLS',
      placeholder: 'version',
      default: 'TLS1.3',
      words: ['TLS1.2', 'TLS1.3'],
      help: 'highest version of TLS',
    }),
  ),
  tlsHandshakeTimeoutMs: duration({
    flag: 'tls-handshake-timeout',
    group: 'TLS',
    default: '10s',
    min: 1,
    max: 3_600_000,
    help: 'time for the TLS handshake of an accepted connection',
  }),
  maxTlsHandshakes: integer({
    flag: 'max-tls-handshakes',
    group: 'TLS',
    default: 1000,
    min: 1,
    max: 1e6,
    help: 'largest number of open TLS handshakes on the client port, and on the others as far as their connections allow; one more ends the oldest of the address that has the most',
  }),
};

/** @throws ConfigError */
function parseSuites(value: string, name: string): readonly string[] {
  const suites = parseTexts(value, name);
  const kinds = suites.map((suite) => ({ suite, ...suiteKind(suite) }));
  const unknown = kinds.find(({ kind }) => kind === 'unknown');
  if (unknown !== undefined) {
    throw new ConfigError(
      `${name}: unknown cipher suite "${unknown.suite}", as in TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`,
    );
  }
  const broken = kinds.find(({ kind }) => kind === 'broken');
  if (broken !== undefined) throw new ConfigError(`${name}: ${broken.suite} is broken and no longer available`);
  if (!kinds.some(({ kind }) => kind === 'tls12')) {
    throw new ConfigError(`${name} names no suite of TLS 1.2: use --tls-min-version TLS1.3 for TLS 1.3 alone`);
  }
  return suites;
}
