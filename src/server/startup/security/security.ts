import { connectPlain, addressOf, type Connect } from '../../../transport/connect.js';
import { TlsFileError } from '../../../tls/files.js';
import { Handshakes } from '../../../tls/handshakes.js';
import type { OnLimit } from '../../../util/limit-hits.js';
import type { Logger } from '../../../util/logger.js';
import type { ServerConfig } from '../../settings/config.js';
import { ConfigError, isSecure } from '../../settings/urls.js';
import { clientSecurity } from './client-security.js';
import type { Accepting } from './parts.js';
import { peerSecurity } from './peer-security.js';

export interface SecurityOptions {
  readonly config: ServerConfig;
  readonly logger: Logger;
  /** Connections that may be open on each kind of listener. */
  readonly connections: Readonly<Record<Port, number>>;
  readonly onLimit: OnLimit;
}

export type Port = 'client' | 'peer' | 'metrics';

/** TLS of a member. */
export interface Security {
  /** The handshakes of each kind of listener; undefined where no URL has TLS. */
  readonly handshakes: Readonly<Record<Port, Handshakes | undefined>>;
  /** Connects to other members. */
  readonly connect: Connect;
  /** Writes self-signed certificates that were made, into the data directory. */
  readonly keep: () => Promise<void>;
}

/**
 * Reads certificates and keys, or makes them. Writes nothing yet.
 * @throws ConfigError with one line that names the setting of a file that cannot be used
 */
export async function openSecurity(options: SecurityOptions): Promise<Security> {
  try {
    return await open(options);
  } catch (error) {
    throw error instanceof TlsFileError ? new ConfigError(error.message, { cause: error }) : error;
  }
}

async function open({ config, logger, connections, onLimit }: SecurityOptions): Promise<Security> {
  const { listenClientUrls, listenClientHttpUrls, listenPeerUrls, listenMetricsUrls } = config;
  const needsClients = [...listenClientUrls, ...listenClientHttpUrls, ...listenMetricsUrls].some(isSecure);
  const clients = needsClients ? await clientSecurity(config, logger) : undefined;
  const peers = await peerSecurity(config, logger);
  const handshakesOf = (
    port: Port,
    urls: readonly string[],
    accepting: Accepting | undefined,
  ): Handshakes | undefined => {
    if (accepting === undefined || !urls.some(isSecure)) return undefined;
    // Open handshakes leave room for connections.
    const max = Math.min(config.maxTlsHandshakes, Math.ceil(connections[port] / 2));
    const { context, checks } = accepting;
    const { tlsHandshakeTimeoutMs: timeoutMs, maxTlsHandshakeRate: perSecond } = config;
    // A client that may choose, as Prometheus may, would take HTTP/2, which this port does not speak.
    const protocols = port === 'metrics' ? { protocols: ['http/1.1'] } : {};
    return new Handshakes({ port, context, checks, ...protocols, timeoutMs, max, perSecond, logger, onLimit });
  };
  return {
    handshakes: {
      client: handshakesOf('client', [...listenClientUrls, ...listenClientHttpUrls], clients?.accepting),
      peer: handshakesOf('peer', listenPeerUrls, peers.accepting),
      metrics: handshakesOf('metrics', listenMetricsUrls, clients?.accepting),
    },
    connect: (url, protocol) => {
      if (!isSecure(url)) return connectPlain(url, protocol);
      return peers.dialler.connect({ ...addressOf(url), alpn: protocol === 'h2' ? ['h2'] : [] });
    },
    keep: async () => {
      await clients?.kept?.keep();
      await peers.kept?.keep();
    },
  };
}
