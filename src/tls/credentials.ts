import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { asError } from '../util/error.js';
import { defined } from '../util/assert.js';
import { TlsFileError, type NamedFile } from './files.js';

/** The files of one end of a connection. */
export interface CredentialFiles {
  readonly cert: NamedFile;
  readonly key: NamedFile;
}

/** A certificate with its chain and its private key, in PEM. */
export interface Credentials {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** The certificate itself, without its chain. */
  readonly leaf: X509Certificate;
}

/** Of files that are followed, or made by this process. */
export type Identity = CredentialFiles | Credentials;

/** The files of an identity; none if it was made. */
export function filesOf(identity: Identity): readonly NamedFile[] {
  return 'leaf' in identity ? [] : [identity.cert, identity.key];
}

/** @throws TlsFileError: see checkCredentials */
export function credentialsOf(identity: Identity, contents: readonly Buffer[]): Credentials {
  return 'leaf' in identity ? identity : checkCredentials(identity, contents);
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Checks that a certificate and a key belong together.
 * @param contents of the two files
 * @throws TlsFileError with one line that names the file at fault
 */
export function checkCredentials({ cert, key }: CredentialFiles, contents: readonly Buffer[]): Credentials {
  const [certPem = Buffer.alloc(0), keyPem = Buffer.alloc(0)] = contents;
  const [leaf] = certificatesIn(cert, certPem);
  const privateKey = privateKeyIn(key, keyPem);
  const certificate = defined(leaf, 'the first of the certificates');
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new TlsFileError(key, `does not belong to the certificate in ${cert.setting} ${cert.path}`);
  }
  return { cert: certPem, key: keyPem, leaf: certificate };
}

/**
 * The certificates in a PEM file, at least one.
 * @throws TlsFileError if there is none, or one is malformed
 */
export function certificatesIn(file: NamedFile, content: Buffer): readonly X509Certificate[] {
  const blocks = content.toString('latin1').match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw new TlsFileError(file, 'holds no certificate in PEM');
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw new TlsFileError(file, `holds a malformed certificate: ${asError(error).message}`, { cause: error });
    }
  });
}

function privateKeyIn(file: NamedFile, content: Buffer): KeyObject {
  if (content.includes('ENCRYPTED'))
    throw new TlsFileError(file, 'is encrypted: raftkv takes keys without a passphrase');
  try {
    return createPrivateKey(content);
  } catch (error) {
    throw new TlsFileError(file, 'holds no private key in PEM', { cause: error });
  }
}

/** A problem with the times of a certificate, for a warning; undefined if it is valid. */
export function validityProblem({ validFrom, validTo }: X509Certificate, nowMs: number): string | undefined {
  if (Date.parse(validTo) < nowMs) return `it expired on ${validTo}`;
  if (Date.parse(validFrom) > nowMs) return `it is not valid before ${validFrom}`;
  return undefined;
}
