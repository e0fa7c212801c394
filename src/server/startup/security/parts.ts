import { join } from 'node:path';
import type { X509Certificate } from 'node:crypto';
import type { CredentialFiles, Identity } from '../../../tls/credentials.js';
import type { NamedFile } from '../../../tls/files.js';
import type { ConnectionCheck } from '../../../tls/handshakes.js';
import { KeptCredentials } from '../../../tls/kept-credentials.js';
import type { ProtocolOptions } from '../../../tls/protocol.js';
import type { Reloaded } from '../../../tls/reloaded.js';
import type { ServerContext } from '../../../tls/server-context.js';
import type { Logger } from '../../../util/logger.js';
import type { ServerConfig } from '../../settings/config.js';
import { hostOf } from '../../settings/urls.js';

/** How connections with TLS are accepted. */
export interface Accepting {
  readonly context: Reloaded<ServerContext>;
  readonly checks: readonly ConnectionCheck[];
}

/** The certificate that a member shows: of files, or self-signed. */
export interface OwnIdentity {
  readonly identity: Identity;
  /** Of --auto-tls or --peer-auto-tls. */
  readonly kept: KeptCredentials | undefined;
}

/** A file, if a setting names one. */
export function named(setting: string, path: string | undefined): NamedFile | undefined {
  return path === undefined ? undefined : { setting, path };
}

/** A certificate and its key, if settings name them. */
export function pair(cert: NamedFile | undefined, key: NamedFile | undefined): CredentialFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

export function protocolOf({ cipherSuites, tlsMinVersion, tlsMaxVersion }: ServerConfig): ProtocolOptions {
  return { cipherSuites, minVersion: tlsMinVersion, maxVersion: tlsMaxVersion };
}

export interface SelfSigning {
  readonly config: ServerConfig;
  readonly logger: Logger;
  /** Below `fixtures` in the data directory. */
  readonly folder: 'client' | 'peer';
  readonly setting: string;
  readonly urls: readonly string[];
}

/** A self-signed certificate for the hosts of URLs. */
export async function selfSignedIdentity(options: SelfSigning): Promise<OwnIdentity> {
  const { config, logger, folder, setting, urls } = options;
  const hosts = urls.flatMap((url) => hostOf(url)?.replace(/^\[|\]$/g, '') ?? []);
  const kept = await KeptCredentials.open({
    folder: join(config.dataDir, 'fixtures', folder),
    setting,
    hosts: [...new Set(hosts)],
    years: config.selfSignedCertValidity,
    logger,
  });
  return { identity: kept.credentials, kept };
}

/** Applies a check to the certificate of the other side; a connection without one is not concerned. */
export function ofCertificate(
  check: (leaf: X509Certificate) => Promise<string | undefined> | string | undefined,
): ConnectionCheck {
  return async (socket) => {
    const leaf = socket.getPeerX509Certificate();
    return leaf === undefined ? undefined : check(leaf);
  };
}
