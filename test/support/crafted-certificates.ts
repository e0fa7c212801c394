// oxlint-disable-next-line import/no-unassigned-import -- a polyfill that the library below needs before it is loaded
import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Name,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
  type JsonName,
} from '@peculiar/x509';
import type { Issued } from '../../src/tls/issuing.js';
import { aroundNow } from './certificates.js';

export interface Crafted {
  /** Any subject, also none or several common names. */
  readonly subject: JsonName;
  readonly dnsNames?: readonly string[];
  readonly validity?: { readonly fromMs: number; readonly toMs: number };
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

/** A client's certificate such as no honest authority would sign, signed by an authority. */
export async function craftCertificate(
  authority: Issued,
  { subject, dnsNames = [], validity = aroundNow() }: Crafted,
): Promise<Issued> {
  const der = Buffer.from(authority.key.replace(/-----[^-]+-----/g, ''), 'base64');
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const names = dnsNames.map((value) => ({ type: 'dns' as const, value }));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(15).toString('hex')}`,
    subject: new Name(subject),
    issuer: new X509Certificate(authority.cert).subjectName,
    notBefore: new Date(validity.fromMs),
    notAfter: new Date(validity.toMs),
    publicKey,
    signingKey,
    signingAlgorithm: { ...ALGORITHM, hash: 'SHA-256' },
    extensions: [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    ],
  });
  const key = KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { cert: certificate.toString('pem'), key: String(key) };
}
