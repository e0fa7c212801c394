import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { isFor } from './certificate-checks.js';
import { certificatesIn, credentialsOf, filesOf, type Identity } from './credentials.js';
import type { NamedFile } from './files.js';
import { protocolOptions, type ProtocolOptions } from './protocol.js';
import { Reloaded } from './reloaded.js';
import type { Logger } from '../util/logger.js';

export interface DiallerOptions {
  /** Presented if the other side asks for a certificate. */
  readonly identity: Identity | undefined;
  /** Certificates by which those of servers are checked. Default: the public authorities that Node.js knows. */
  readonly ca: NamedFile | undefined;
  /** Whether the certificates of servers are checked at all. */
  readonly verify: boolean;
  /** Checks of an accepted certificate. Returns the reason to refuse it, if there is one. */
  readonly check: (leaf: X509Certificate) => string | undefined;
  readonly protocol: ProtocolOptions;
  readonly logger: Logger;
}

export interface Destination {
  /** A name or an IP address, for which the certificate of the server must be. */
  readonly host: string;
  readonly port: number;
  /** Protocols to offer (ALPN). Default: none. */
  readonly alpn?: readonly string[];
}

/** Connects with TLS. Its certificate, key and authorities follow their files. */
export class Dialler {
  readonly #options: DiallerOptions;
  readonly #context: Reloaded<SecureContextOptions>;
  /** Made at the first use: the public authorities are many. */
  #made: { readonly of: SecureContextOptions; readonly context: SecureContext } | undefined;

  private constructor(options: DiallerOptions, context: Reloaded<SecureContextOptions>) {
    this.#options = options;
    this.#context = context;
  }

  /** @throws TlsFileError if a file cannot be used */
  static async load(options: DiallerOptions): Promise<Dialler> {
    const { identity, ca, protocol, logger } = options;
    const build = (contents: readonly Buffer[]): SecureContextOptions => {
      const own = identity === undefined ? undefined : credentialsOf(identity, contents);
      const authorities = ca === undefined ? undefined : certificatesIn(ca, contents.at(-1) ?? Buffer.alloc(0));
      return {
        ...protocolOptions(protocol),
        ...(own !== undefined && { cert: own.cert, key: own.key }),
        ...(authorities !== undefined && { ca: authorities.map(String) }),
      };
    };
    const files = [...(identity === undefined ? [] : filesOf(identity)), ...(ca === undefined ? [] : [ca])];
    return new Dialler(options, await Reloaded.load({ files, build, logger }));
  }

  connect({ host, port, alpn = [] }: Destination): TLSSocket {
    const socket = connect({
      host,
      port,
      secureContext: this.#secureContext(),
      servername: isIP(host) === 0 ? host : '',
      rejectUnauthorized: this.#options.verify,
      ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
      checkServerIdentity: (_name, { raw }) => this.#problemOf(new X509Certificate(raw), host),
    });
    socket.setNoDelay(true);
    socket.prependListener('error', (error: Error & { readonly reason?: unknown }) => {
      // OpenSSL's text ends with a position in its source.
      if (typeof error.reason === 'string') error.message = `TLS: ${error.reason}`;
    });
    return socket;
  }

  #problemOf(leaf: X509Certificate, host: string): Error | undefined {
    const problem = isFor(leaf, host) ? this.#options.check(leaf) : `the certificate is not valid for ${host}`;
    return problem === undefined ? undefined : new Error(problem);
  }

  #secureContext(): SecureContext {
    const options = this.#context.currentNow();
    if (this.#made?.of !== options) this.#made = { of: options, context: createSecureContext(options) };
    return this.#made.context;
  }
}
