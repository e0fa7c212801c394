import { isSystemError } from '../../util/system-error.js';

// The texts and codes of failed handshakes, in plain words.

/** Why a secure connection to a member could not be made. */
export interface HandshakeFailure {
  readonly reason: string;
  /** Whether the next attempt fails in the same way, unless certificates or addresses are changed. */
  readonly isLasting: boolean;
}

/** Node's codes for a server's certificate that cannot be trusted. */
const UNTRUSTED: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'no trusted CA has signed it',
  UNABLE_TO_GET_ISSUER_CERT: 'no trusted CA has signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'no trusted CA has signed it',
  SELF_SIGNED_CERT_IN_CHAIN: 'no trusted CA has signed it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself, and is not a trusted CA',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it is revoked',
  CERT_UNTRUSTED: 'it is not trusted for this purpose',
  CERT_REJECTED: 'it is rejected for this purpose',
  INVALID_PURPOSE: 'it is not a certificate of a server',
  INVALID_CA: 'a CA in its chain is not one',
  PATH_LENGTH_EXCEEDED: 'its chain is too long',
  HOSTNAME_MISMATCH: 'it has another name',
};

/** The alerts with which a server refuses a client, in OpenSSL's words. */
const ALERTS: readonly (readonly [text: string, reason: string])[] = [
  ['alert certificate required', 'the server requires a client certificate'],
  ['alert unknown ca', 'the server does not trust the CA of the client certificate'],
  ['alert certificate expired', 'the client certificate has expired'],
  ['alert certificate revoked', 'the client certificate is revoked'],
  ['alert bad certificate', 'the server refuses the client certificate, or the lack of one'],
  ['alert certificate unknown', 'the server refuses the client certificate'],
  ['alert unsupported certificate', 'the server refuses the client certificate: it is not for this purpose'],
  ['alert access denied', 'the server refuses the client certificate'],
  ['alert protocol version', 'client and server have no version of TLS in common'],
  [
    'alert handshake failure',
    'client and server have no cipher in common, or the server requires a client certificate',
  ],
  ['alert no application protocol', 'the server does not speak HTTP/2'],
  ['alert unrecognized name', 'the server does not know the name that it is asked for'],
];

/** The server answered the handshake in another protocol. */
export const NOT_TLS: HandshakeFailure = { reason: 'the server does not use TLS: use http://', isLasting: true };
/** The server takes TLS connections only. */
export const ONLY_TLS: HandshakeFailure = { reason: 'the server uses TLS: use https://', isLasting: true };
/** The connection ended during the handshake, without a reason. */
export const CUT: HandshakeFailure = {
  reason: 'the server closed the connection in the TLS handshake',
  isLasting: false,
};

/** The connection ended right after the handshake, without a reason. */
export const CUT_AFTER: HandshakeFailure = {
  reason:
    'the server closed the connection right after the TLS handshake, as one does that refuses the client certificate ' +
    '(revoked, or not allowed): its log says why',
  isLasting: false,
};

/** The failure that an error of Node's TLS stands for. @param host the name that the server's certificate must have */
export function handshakeFailure(error: Error, host: string): HandshakeFailure {
  const code = isSystemError(error) || 'code' in error ? String(error.code) : '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return untrusted(`it is not for ${host}`);
  const untrustedReason = UNTRUSTED[code];
  if (untrustedReason !== undefined) return untrusted(untrustedReason);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /wrong version number|packet length too long/.test(error.message)) {
    return NOT_TLS;
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') return CUT;
  const alert = ALERTS.find(([text]) => error.message.includes(text));
  if (alert !== undefined) return { reason: alert[1], isLasting: true };
  const [, reason] = /:SSL routines:[^:]*:([^:]+)/.exec(error.message) ?? [];
  return { reason: `the TLS handshake failed: ${reason ?? error.message}`, isLasting: false };
}

function untrusted(reason: string): HandshakeFailure {
  return { reason: `the server's certificate is not accepted: ${reason}`, isLasting: true };
}
