import type { X509Certificate } from 'node:crypto';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import { certificatesIn, credentialsOf, filesOf, validityProblem, type Identity } from './credentials.js';
import { TlsFileError, type NamedFile } from './files.js';
import { acceptingOptions, type ProtocolOptions } from './protocol.js';
import { Reloaded } from './reloaded.js';

/** How connections are accepted. */
export interface ServerContext {
  /** For a server of node:tls. */
  readonly options: TlsOptions;
  /** The certificate that clients see. */
  readonly leaf: X509Certificate;
}

export interface ServerContextOptions {
  readonly identity: Identity;
  /** Certificates by which those of clients are checked. With it, clients must present one. */
  readonly ca: NamedFile | undefined;
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
  const { identity, ca, logger } = options;
  return Reloaded.load({
    files: [...filesOf(identity), ...(ca === undefined ? [] : [ca])],
    build: (contents) => makeContext(options, contents),
    logger,
  });
}

function makeContext(
  { identity, ca, protocol, logger }: ServerContextOptions,
  contents: readonly Buffer[],
): ServerContext {
  const { cert, key, leaf } = credentialsOf(identity, contents);
  const clientCas = ca === undefined ? [] : certificatesIn(ca, contents.at(-1) ?? Buffer.alloc(0));
  const options: TlsOptions = {
    ...acceptingOptions(protocol),
    cert,
    key,
    ca: clientCas.map(String),
    requestCert: ca !== undefined,
    rejectUnauthorized: ca !== undefined,
    ALPNProtocols: ALPN_PROTOCOLS,
  };
  try {
    createSecureContext(options);
  } catch (error) {
    const file = 'leaf' in identity ? undefined : identity.cert;
    if (file === undefined) throw error;
    throw new TlsFileError(file, `cannot be used: ${asError(error).message}`, { cause: error });
  }
  const problem = validityProblem(leaf, Date.now());
  const [file] = filesOf(identity);
  if (problem !== undefined) logger.warn('clients refuse the certificate', { file: file?.path, reason: problem });
  return { options, leaf };
}
