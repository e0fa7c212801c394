interface Suite {
  /** OpenSSL's name. */
  readonly openssl: string;
  /** Why the suite should not be used. */
  readonly weakness?: string;
}

const NO_FORWARD_SECRECY = 'a stolen key decrypts recorded traffic';
const CBC = 'its CBC mode is open to padding attacks';

/** The suites of TLS 1.2, by the names of Go and of IANA, that OpenSSL has. */
const SUITES: Readonly<Record<string, Suite>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: { openssl: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: { openssl: 'ECDHE-RSA-AES128-GCM-SHA256' },
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: { openssl: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: { openssl: 'ECDHE-RSA-AES256-GCM-SHA384' },
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: { openssl: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: { openssl: 'ECDHE-RSA-CHACHA20-POLY1305' },
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: { openssl: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: { openssl: 'ECDHE-RSA-CHACHA20-POLY1305' },
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: { openssl: 'ECDHE-ECDSA-AES128-SHA256', weakness: CBC },
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: { openssl: 'ECDHE-RSA-AES128-SHA256', weakness: CBC },
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: { openssl: 'ECDHE-ECDSA-AES128-SHA', weakness: CBC },
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: { openssl: 'ECDHE-RSA-AES128-SHA', weakness: CBC },
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: { openssl: 'ECDHE-ECDSA-AES256-SHA', weakness: CBC },
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: { openssl: 'ECDHE-RSA-AES256-SHA', weakness: CBC },
  TLS_RSA_WITH_AES_128_GCM_SHA256: { openssl: 'AES128-GCM-SHA256', weakness: NO_FORWARD_SECRECY },
  TLS_RSA_WITH_AES_256_GCM_SHA384: { openssl: 'AES256-GCM-SHA384', weakness: NO_FORWARD_SECRECY },
  TLS_RSA_WITH_AES_128_CBC_SHA256: { openssl: 'AES128-SHA256', weakness: NO_FORWARD_SECRECY },
  TLS_RSA_WITH_AES_128_CBC_SHA: { openssl: 'AES128-SHA', weakness: NO_FORWARD_SECRECY },
  TLS_RSA_WITH_AES_256_CBC_SHA: { openssl: 'AES256-SHA', weakness: NO_FORWARD_SECRECY },
};

/** Suites of TLS 1.3, which cannot be chosen: as in Go, all of them are always available. */
const SUITES_13: ReadonlySet<string> = new Set([
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
]);

/** Suites that Go knows and OpenSSL has removed. */
const BROKEN = /_(?:RC4_128|3DES_EDE_CBC)_SHA$/;

/** Forward secrecy and authenticated encryption alone. */
const DEFAULT_NAMES = Object.keys(SUITES).filter((name) => SUITES[name]?.weakness === undefined);

export type SuiteKind =
  | { readonly kind: 'tls12'; readonly weakness: string | undefined }
  | { readonly kind: 'tls13' }
  /** Known, and too weak to be offered at all. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'unknown' };

/** @param name Go's name of a cipher suite */
export function suiteKind(name: string): SuiteKind {
  const suite = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
  if (suite !== undefined) return { kind: 'tls12', weakness: suite.weakness };
  if (SUITES_13.has(name)) return { kind: 'tls13' };
  return { kind: BROKEN.test(name) ? 'broken' : 'unknown' };
}

/**
 * The cipher list for OpenSSL: the given suites of TLS 1.2 and all of TLS 1.3.
 * @param names Go's names; undefined for the default
 */
export function opensslCiphers(names: readonly string[] = DEFAULT_NAMES): string {
  const chosen = names.flatMap((name) => SUITES[name]?.openssl ?? []);
  return [...SUITES_13, ...new Set(chosen)].join(':');
}
