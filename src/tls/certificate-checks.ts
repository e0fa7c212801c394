import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Whether a certificate is valid for a host (RFC 6125): by its subject alternative names alone, as in Go, and not by its
 * common name.
 * @param host a name or an IP address, without brackets
 */
export function certificateFor(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  const options = { subject: 'never', partialWildcards: false, multiLabelWildcards: false } as const;
  return certificate.checkHost(host, options) !== undefined;
}
