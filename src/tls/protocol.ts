import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { opensslCiphers } from './cipher-suites.js';

export type TlsVersion = 'TLS1.2' | 'TLS1.3';

export interface ProtocolOptions {
  /** Go's names of the suites of TLS 1.2. Default: those with forward secrecy and authenticated encryption. */
  readonly cipherSuites?: readonly string[] | undefined;
  /** Default: TLS 1.2. */
  readonly minVersion?: TlsVersion;
  /** Default: TLS 1.3. */
  readonly maxVersion?: TlsVersion;
}

const VERSIONS = { 'TLS1.2': 'TLSv1.2', 'TLS1.3': 'TLSv1.3' } as const;

/**
 * Groups for the key exchange. P-521 is left out: it takes some milliseconds of the event loop, and a client chooses the
 * group.
 */
const GROUPS = 'X25519:P-256:P-384';

/** Options of a context that accepts connections. */
export function acceptingOptions(options: ProtocolOptions): SecureContextOptions {
  return { ...protocolOptions(options), ecdhCurve: GROUPS };
}

/** Options of every context, on both sides of a connection. */
export function protocolOptions(options: ProtocolOptions): SecureContextOptions {
  const { cipherSuites, minVersion = 'TLS1.2', maxVersion = 'TLS1.3' } = options;
  return {
    minVersion: VERSIONS[minVersion],
    maxVersion: VERSIONS[maxVersion],
    ciphers: opensslCiphers(cipherSuites),
    honorCipherOrder: true,
    // Sessions are not resumed: a resumed one would skip the checks of the certificate that a handshake makes.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    // As in Go, a certificate in the file is trusted whether it is a root or not.
    ...{ allowPartialTrustChain: true },
  };
}
