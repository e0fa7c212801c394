import type { X509Certificate } from 'node:crypto';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import { certificatesIn, checkCredentials, validityProblem, type CredentialFiles } from './credentials.js';
import { TlsFileError, type NamedFile } from './files.js';
import { protocolOptions, type ProtocolOptions } from './protocol.js';
import { Reloaded } from './reloaded.js';

/** How connections are accepted. */
export interface ServerContext {
  /** For a server of node:tls. */
  readonly options: TlsOptions;
  /** The certificate that clients see. */
  readonly leaf: X509Certificate;
}

export interface ServerContextOptions {
  readonly files: CredentialFiles & {
    /** Certificates by which those of clients are checked. With it, clients must present one. */
    readonly ca: NamedFile | undefined;
  };
  readonly protocol: ProtocolOptions;
  readonly logger: Logger;
}

/** gRPC and HTTP/1.1 share a port. */
const ALPN_PROTOCOLS = ['h2', 'http/1.1'];

/**
 * The context of a listener, which follows its files.
 * @throws TlsFileError if they cannot be used
 */
export function loadServerContext(options: ServerContextOptions): Promise<Reloaded<ServerContext>> {
  const { files, logger } = options;
  const { cert, key, ca } = files;
  return Reloaded.load({
    files: [cert, key, ...(ca === undefined ? [] : [ca])],
    build: (contents) => makeContext(options, contents),
    logger,
  });
}

function makeContext({ files, protocol, logger }: ServerContextOptions, contents: readonly Buffer[]): ServerContext {
  const { cert, key, leaf } = checkCredentials(files, contents);
  const clientCas = files.ca === undefined ? [] : certificatesIn(files.ca, contents[2] ?? Buffer.alloc(0));
  const options: TlsOptions = {
    ...protocolOptions(protocol),
    cert,
    key,
    ca: clientCas.map(String),
    requestCert: files.ca !== undefined,
    rejectUnauthorized: files.ca !== undefined,
    ALPNProtocols: ALPN_PROTOCOLS,
  };
  try {
    createSecureContext(options);
  } catch (error) {
    throw new TlsFileError(files.cert, `cannot be used: ${asError(error).message}`, { cause: error });
  }
  const problem = validityProblem(leaf, Date.now());
  if (problem !== undefined) logger.warn('clients refuse the certificate', { file: files.cert.path, reason: problem });
  return { options, leaf };
}
