import type { SecureContextOptions, TLSSocketOptions, ConnectionOptions } from 'node:tls';

/** How the client makes connections with TLS. */
export interface TlsOptions {
  /**
   * Certificates of the authorities that must have signed the servers' certificates: the path of a PEM file, or PEM.
   * Default: those that Node trusts, to which NODE_EXTRA_CA_CERTS adds.
   */
  readonly ca?: string | Uint8Array;
  /** The client's certificate: the path of a PEM file, or PEM. It needs `key`. */
  readonly cert?: string | Uint8Array;
  /** The key of the client's certificate: the path of a PEM file, or PEM. */
  readonly key?: string | Uint8Array;
  /** The name that servers' certificates must have. Default: the host of the endpoint. */
  readonly serverName?: string;
  /** Accepts any certificate, so that anybody on the way can read and change everything. For trials only. Default false. */
  readonly insecureSkipVerify?: boolean;
  /**
   * Options of Node's `tls.connect`, which take precedence: `pfx`, `passphrase`, `minVersion`, `ciphers`,
   * `checkServerIdentity` and so on.
   */
  readonly node?: NodeTlsOptions;
}

export type NodeTlsOptions = SecureContextOptions &
  Pick<ConnectionOptions, 'servername' | 'checkServerIdentity'> &
  Pick<TLSSocketOptions, 'rejectUnauthorized'>;
