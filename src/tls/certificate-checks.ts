import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Whether a certificate is valid for a host (RFC 6125): by its subject alternative names alone, as in Go, and not by its
 * common name.
 * @param host a name or an IP address, without brackets
 */
export function isFor(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  const options = { subject: 'never', partialWildcards: false, multiLabelWildcards: false } as const;
  return certificate.checkHost(host, options) !== undefined;
}

/** Names that certificates must have, beside the signature of an accepted authority. */
export interface AllowedNames {
  /** Names or addresses, of which a certificate must have one; undefined: any. */
  readonly hosts?: readonly string[] | undefined;
  /** Common names, of which a certificate must have one; undefined: any. */
  readonly commonNames?: readonly string[] | undefined;
}

/** The reason to refuse a certificate because of its names; undefined if they are allowed. */
export function nameProblem(certificate: X509Certificate, { hosts, commonNames }: AllowedNames): string | undefined {
  if (hosts !== undefined && !hosts.some((host) => isFor(certificate, host))) {
    return `the certificate is not valid for ${hosts.join(' or ')}`;
  }
  if (commonNames !== undefined && !commonNames.includes(commonNameOf(certificate) ?? '')) {
    return `the common name of the certificate is not ${commonNames.join(' or ')}`;
  }
  return undefined;
}

/** The common name of a certificate's subject; undefined if it has none, an empty one, or several. */
export function commonNameOf(certificate: X509Certificate): string | undefined {
  const [name = '', ...others] = commonNamesOf(certificate);
  return name === '' || others.length > 0 ? undefined : name;
}

/** All common names of a certificate's subject. */
export function commonNamesOf(certificate: X509Certificate): readonly string[] {
  // Node's types declare a text; it is an array if there are several, and undefined for a certificate without a subject.
  const names = certificate.toLegacyObject().subject?.CN as string | readonly string[] | undefined;
  return [names ?? []].flat();
}

export interface AlternativeNames {
  readonly dns: readonly string[];
  readonly ips: readonly string[];
}

/** The DNS names and IP addresses among the subject alternative names; undefined if the names are malformed. */
export function alternativeNames(certificate: X509Certificate): AlternativeNames | undefined {
  const text = alternativeNamesText(certificate);
  if (text === null) return undefined;
  const names = [...text.matchAll(/(?:^|, )(DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g)];
  const of = (kind: string): string[] => names.flatMap(([, found, name = '']) => (found === kind ? [name] : []));
  return { dns: of('DNS'), ips: of('IP Address') };
}

/** As Node writes them; null for an extension that cannot be read. Node 26 throws in this case, and earlier ones return null. */
function alternativeNamesText(certificate: X509Certificate): string | null {
  try {
    // Node's types declare no null. Undefined stands for a certificate without the extension.
    const text = certificate.subjectAltName as string | null | undefined;
    return text === undefined ? '' : text;
  } catch {
    return null;
  }
}
