import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CallerCertificate } from '../../rpc/service.js';
import { commonNameOf, commonNamesOf } from '../../tls/certificate-checks.js';

/**
 * The certificate whose common name is the user of a connection's calls.
 * @returns undefined if the connection has no verified certificate, or one with no name or several
 */
export function callerCertificate(socket: Socket): CallerCertificate | undefined {
  const certificate = verifiedCertificate(socket);
  const commonName = certificate && commonNameOf(certificate);
  return commonName === undefined ? undefined : { commonName };
}

/** Whether connections have a verified certificate with a common name, or several. */
export class NamedConnections {
  /** Requests of one connection ask again and again. */
  readonly #known = new WeakMap<Socket, boolean>();

  has(socket: Socket): boolean {
    let known = this.#known.get(socket);
    if (known === undefined) {
      const certificate = verifiedCertificate(socket);
      known = certificate !== undefined && commonNamesOf(certificate).some((name) => name !== '');
      this.#known.set(socket, known);
    }
    return known;
  }
}

function verifiedCertificate(socket: Socket): ReturnType<TLSSocket['getPeerX509Certificate']> {
  return socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
}
