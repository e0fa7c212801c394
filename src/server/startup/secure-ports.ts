import type { TLSSocket } from 'node:tls';
import { certificateFor } from '../../tls/certificate-checks.js';
import { TlsFileError, type NamedFile } from '../../tls/files.js';
import { Handshakes, type ConnectionCheck } from '../../tls/handshakes.js';
import { Reloaded } from '../../tls/reloaded.js';
import { revokedIn, revokedSerials } from '../../tls/revocation.js';
import { loadServerContext } from '../../tls/server-context.js';
import { defined } from '../../util/assert.js';
import type { Logger } from '../../util/logger.js';
import type { ServerConfig } from '../settings/config.js';
import { ConfigError, isSecure } from '../settings/urls.js';

export interface SecurePortsOptions {
  readonly config: ServerConfig;
  readonly logger: Logger;
  /** Connections that may be open on each kind of listener. */
  readonly connections: { readonly client: number; readonly metrics: number };
}

/** The handshakes of the listeners with TLS; undefined where no URL has TLS. */
export interface SecurePorts {
  readonly client: Handshakes | undefined;
  readonly metrics: Handshakes | undefined;
}

/** Reads certificates and keys. @throws ConfigError with one line that names the setting of a file that cannot be used */
export async function openSecurePorts(options: SecurePortsOptions): Promise<SecurePorts> {
  try {
    return await clientPorts(options);
  } catch (error) {
    throw error instanceof TlsFileError ? new ConfigError(error.message, { cause: error }) : error;
  }
}

async function clientPorts({ config, logger, connections }: SecurePortsOptions): Promise<SecurePorts> {
  const { listenClientUrls, listenClientHttpUrls, listenMetricsUrls, tlsHandshakeTimeoutMs: timeoutMs } = config;
  const isClientSecure = [...listenClientUrls, ...listenClientHttpUrls].some(isSecure);
  const areMetricsSecure = listenMetricsUrls.some(isSecure);
  if (!isClientSecure && !areMetricsSecure) return { client: undefined, metrics: undefined };
  const context = await loadServerContext({
    files: {
      cert: defined(named('--cert-file', config.certFile), 'the certificate of an https URL'),
      key: defined(named('--key-file', config.keyFile), 'the key of an https URL'),
      ca: named('--trusted-ca-file', config.trustedCaFile),
    },
    protocol: { ...config, minVersion: config.tlsMinVersion, maxVersion: config.tlsMaxVersion },
    logger,
  });
  const checks = [
    ...(await revocationCheck(named('--client-crl-file', config.clientCrlFile), logger)),
    ...hostnameCheck(config.clientCertAllowedHostname),
  ];
  const handshakesOf = (port: keyof SecurePorts): Handshakes => {
    // Open handshakes leave room for connections.
    const max = Math.min(config.maxTlsHandshakes, Math.ceil(connections[port] / 2));
    return new Handshakes({ port, context, checks, timeoutMs, max, logger });
  };
  return {
    client: isClientSecure ? handshakesOf('client') : undefined,
    metrics: areMetricsSecure ? handshakesOf('metrics') : undefined,
  };
}

function named(setting: string, path: string | undefined): NamedFile | undefined {
  return path === undefined ? undefined : { setting, path };
}

/** The list of revoked certificates is looked at for each connection. */
async function revocationCheck(file: NamedFile | undefined, logger: Logger): Promise<readonly ConnectionCheck[]> {
  if (file === undefined) return [];
  const build = ([content = Buffer.alloc(0)]: readonly Buffer[]) => revokedSerials(file, content);
  const list = await Reloaded.load({ files: [file], build, logger });
  return [
    async (socket) => {
      const leaf = socket.getPeerX509Certificate();
      const serial = leaf && revokedIn(leaf, await list.current());
      return serial === undefined ? undefined : `the certificate with the serial number ${serial} is revoked`;
    },
  ];
}

function hostnameCheck(hosts: readonly string[] | undefined): readonly ConnectionCheck[] {
  if (hosts === undefined) return [];
  return [
    (socket: TLSSocket) => {
      const leaf = socket.getPeerX509Certificate();
      const isValid = leaf !== undefined && hosts.some((host) => certificateFor(leaf, host));
      return Promise.resolve(isValid ? undefined : `the certificate is not valid for ${hosts.join(' or ')}`);
    },
  ];
}
