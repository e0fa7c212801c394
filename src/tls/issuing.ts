// oxlint-disable-next-line import/no-unassigned-import -- a polyfill that the library below needs before it is loaded
import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
  type Extension,
} from '@peculiar/x509';

// The library takes a moment to load, so this module is imported where certificates are made, and not at a start.

/** A certificate and its private key, in PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CertificateRequest {
  /** Empty for a certificate without one. */
  readonly commonName: string;
  readonly organization?: string;
  /** DNS names and IP addresses. */
  readonly hosts: readonly string[];
  readonly uses: readonly ('server' | 'client')[];
  readonly validity: Validity;
}

const CURVES = { 'P-256': 'SHA-256', 'P-521': 'SHA-512' } as const;
export type Curve = keyof typeof CURVES;

const SERIAL_BYTES = 16;
const USES = { server: ExtendedKeyUsage.serverAuth, client: ExtendedKeyUsage.clientAuth };

/** A certificate authority: it signs certificates with its key. */
export class CertificateAuthority {
  readonly issued: Issued;
  readonly #certificate: X509Certificate;
  readonly #keys: Pick<webcrypto.CryptoKeyPair, 'privateKey'>;

  private constructor(issued: Issued, certificate: X509Certificate, keys: Pick<webcrypto.CryptoKeyPair, 'privateKey'>) {
    this.issued = issued;
    this.#certificate = certificate;
    this.#keys = keys;
  }

  static async create({
    commonName,
    validity,
  }: Pick<CertificateRequest, 'commonName' | 'validity'>): Promise<CertificateAuthority> {
    const keys = await makeKeys('P-256');
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...common(validity, 'P-256'),
      name: nameOf({ commonName }),
      keys,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(
          KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
          true,
        ),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(pemOf(certificate, keys), certificate, keys);
  }

  /**
   * An authority from its files.
   * @throws Error if they are not a certificate and a key of the curve P-256
   */
  static async open(issued: Issued): Promise<CertificateAuthority> {
    const certificate = new X509Certificate(issued.cert);
    const der = Buffer.from(issued.key.replace(/-----[^-]+-----/g, ''), 'base64');
    const privateKey = await webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm('P-256'), true, ['sign']);
    return new CertificateAuthority(issued, certificate, { privateKey });
  }

  async issue(request: CertificateRequest): Promise<Issued> {
    const keys = await makeKeys('P-256');
    const certificate = await X509CertificateGenerator.create({
      ...common(request.validity, 'P-256'),
      subject: nameOf(request),
      issuer: this.#certificate.subjectName,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        ...endExtensions(request),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ],
    });
    return pemOf(certificate, keys);
  }

  /** A list of revoked certificates, by their serial numbers in hex, in DER. */
  async revocationList(serials: readonly string[], { fromMs, toMs }: Validity): Promise<Buffer> {
    const list = await X509CrlGenerator.create({
      issuer: this.#certificate.subject,
      entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(fromMs) })),
      signingAlgorithm: { ...keyAlgorithm('P-256'), hash: CURVES['P-256'] },
      signingKey: this.#keys.privateKey,
      thisUpdate: new Date(fromMs),
      nextUpdate: new Date(toMs),
    });
    return Buffer.from(list.rawData);
  }
}

/** A certificate that is its own authority. */
export async function selfSigned(request: CertificateRequest, curve: Curve): Promise<Issued> {
  const keys = await makeKeys(curve);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...common(request.validity, curve),
    name: nameOf(request),
    keys,
    extensions: endExtensions(request),
  });
  return pemOf(certificate, keys);
}

function endExtensions({ hosts, uses }: CertificateRequest): Extension[] {
  const names = hosts.map((host) => ({ type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host }));
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(uses.map((use) => USES[use])),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
  ];
}

function common({ fromMs, toMs }: Validity, curve: Curve) {
  // The first bit is clear and the second set: the number is positive and has its full length.
  const serial = randomBytes(SERIAL_BYTES);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return {
    serialNumber: serial.toString('hex'),
    notBefore: new Date(fromMs),
    notAfter: new Date(toMs),
    signingAlgorithm: { ...keyAlgorithm(curve), hash: CURVES[curve] },
  };
}

function nameOf({ commonName, organization }: Pick<CertificateRequest, 'commonName' | 'organization'>): string {
  const common = commonName === '' ? [] : [{ CN: [commonName] }];
  return new Name([...common, ...(organization === undefined ? [] : [{ O: [organization] }])]).toString();
}

function keyAlgorithm(curve: Curve): { readonly name: 'ECDSA'; readonly namedCurve: Curve } {
  return { name: 'ECDSA', namedCurve: curve };
}

function makeKeys(curve: Curve): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm(curve), true, ['sign', 'verify']);
}

function pemOf(certificate: X509Certificate, { privateKey }: Pick<webcrypto.CryptoKeyPair, 'privateKey'>): Issued {
  const key = KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { cert: `${certificate.toString('pem')}\n`, key: String(key) };
}
