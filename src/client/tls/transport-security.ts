import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { asError } from '../../util/error.js';
import type { Endpoint } from '../calls/endpoint.js';
import { CUT, CUT_AFTER, handshakeFailure, NOT_TLS, ONLY_TLS } from './handshake-failure.js';
import type { HandshakeFailure } from './handshake-failure.js';
import { speaksPlainHttp2, speaksTls } from './probe.js';
import { ContextSource } from './secure-context.js';
import type { TlsOptions } from './tls-options.js';

/** How one client secures its connections: shared by all of them. */
export class TransportSecurity {
  readonly #options: TlsOptions;
  /** Made at once for given options, so that the client's constructor reports unusable files. */
  #source: ContextSource | undefined;
  /** Whether endpoints without a scheme use TLS. */
  readonly isDefault: boolean;

  /** @throws RaftKvError `invalid-argument` for unusable certificates */
  constructor(options: TlsOptions | undefined) {
    this.#options = options ?? {};
    this.isDefault = options !== undefined;
    this.#source = options === undefined ? undefined : new ContextSource(options);
  }

  /** The security of the connection to one member. */
  for(endpoint: Endpoint): EndpointSecurity {
    return new EndpointSecurity(endpoint, this.#options, () => (this.#source ??= new ContextSource({})));
  }
}

/** The security of the connection to one member, and the reason for which it could not be established last. */
export class EndpointSecurity {
  readonly credentials: ChannelCredentials;
  readonly #endpoint: Endpoint;
  readonly #options: TlsOptions;
  readonly #source: () => ContextSource;
  #failure: HandshakeFailure | undefined;
  #probed = false;

  constructor(endpoint: Endpoint, options: TlsOptions, source: () => ContextSource) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#source = source;
    this.credentials = endpoint.secure ? this.#secureCredentials() : credentials.createInsecure();
  }

  /** The connection works: earlier failures are over. */
  succeeded(): void {
    this.#failure = undefined;
    this.#probed = false;
  }

  /**
   * The reason of a connection that was closed before it could be used; undefined if it has nothing to do with TLS. Asks
   * the server, once, which protocol it speaks if nothing else tells.
   */
  async failure(): Promise<HandshakeFailure | undefined> {
    const isOpen = this.#failure === undefined || this.#failure === CUT;
    if (isOpen && !this.#probed) {
      this.#probed = true;
      if (!this.#endpoint.secure && (await speaksTls(this.#endpoint))) this.#failure = ONLY_TLS;
      if (this.#endpoint.secure && (await speaksPlainHttp2(this.#endpoint))) this.#failure = NOT_TLS;
    }
    return this.#failure;
  }

  get #serverName(): string {
    const { address } = this.#endpoint;
    const { node, serverName } = this.#options;
    return node?.servername ?? serverName ?? ('host' in address ? address.host : 'localhost');
  }

  get #verifies(): boolean {
    return this.#options.node?.rejectUnauthorized ?? this.#options.insecureSkipVerify !== true;
  }

  /**
   * The library's credentials, with a handshake of our own: the library's takes the files of certificates once, and names an
   * IP address in the handshake, where only names are allowed (RFC 6066, section 3), which makes Node print a warning.
   */
  #secureCredentials(): ChannelCredentials {
    const { checkServerIdentity } = this.#options.node ?? {};
    const secure = credentials.createFromSecureContext(this.#source().current(), {
      rejectUnauthorized: this.#verifies,
      ...(checkServerIdentity === undefined ? {} : { checkServerIdentity }),
    });
    const createConnector = secure._createSecureConnector.bind(secure);
    secure._createSecureConnector = (...args) => {
      const connector = createConnector(...args);
      return {
        connect: async (socket) => ({ socket: await this.#shakeHands(socket), secure: true }),
        waitForReady: () => connector.waitForReady(),
        getCallCredentials: () => connector.getCallCredentials(),
        destroy: () => connector.destroy(),
      };
    };
    return secure;
  }

  #shakeHands(socket: Socket): Promise<TLSSocket> {
    const host = this.#serverName;
    const { checkServerIdentity } = this.#options.node ?? {};
    return new Promise((resolve, reject) => {
      const secured = connect({
        socket,
        host,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        secureContext: this.#source().current(),
        rejectUnauthorized: this.#verifies,
        ALPNProtocols: ['h2'],
        ...(checkServerIdentity === undefined ? {} : { checkServerIdentity }),
      });
      // Also after the handshake: with TLS 1.3, a server refuses the client's certificate only then.
      secured.on('error', (error: unknown) => {
        const failure = handshakeFailure(asError(error), host);
        // The handshake was complete: the server uses TLS, and only its own refusal can follow.
        this.#failure = failure === CUT && this.#failure === CUT_AFTER ? CUT_AFTER : failure;
        reject(asError(error));
      });
      secured.once('secureConnect', () => {
        this.#failure = CUT_AFTER;
        resolve(secured);
      });
    });
  }
}
