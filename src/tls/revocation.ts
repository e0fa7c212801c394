import type { X509Certificate } from 'node:crypto';
import type { Logger } from '../util/logger.js';
import { TlsFileError, type NamedFile } from './files.js';
import { Reloaded } from './reloaded.js';

/** The serial numbers of revoked certificates: upper-case hex digits without leading zeros. */
export type RevokedSerials = ReadonlySet<string>;

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

const PEM = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/;

interface Element {
  readonly tag: number;
  readonly body: Buffer;
  /** Offset after the element. */
  readonly end: number;
}

/**
 * Reads the serial numbers in a certificate revocation list (RFC 5280, section 5.1), in DER or PEM. As in etcd, the
 * signature, the issuer and the times of the list are not checked: the file is the operator's own.
 * @throws TlsFileError if the file is no revocation list
 */
export function revokedSerials(file: NamedFile, content: Buffer): RevokedSerials {
  try {
    return serialsIn(derOf(content));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TlsFileError(file, `is not a certificate revocation list: ${error.message}`, { cause: error });
  }
}

/** A certificate of a chain that is revoked: its serial number; undefined if none is. */
export function revokedIn(leaf: X509Certificate, revoked: RevokedSerials): string | undefined {
  let certificate: X509Certificate | undefined = leaf;
  // A self-signed certificate is its own issuer.
  for (let depth = 0; certificate !== undefined && depth < CHAIN_MAX; depth += 1) {
    const serial = normal(certificate.serialNumber);
    if (revoked.has(serial)) return serial;
    certificate = certificate.issuerCertificate;
  }
  return undefined;
}

/** A revocation list that follows its file. */
export class Revocations {
  readonly #list: Reloaded<RevokedSerials>;

  private constructor(list: Reloaded<RevokedSerials>) {
    this.#list = list;
  }

  /** @throws TlsFileError if the file cannot be used */
  static async load(file: NamedFile, logger: Logger): Promise<Revocations> {
    const build = ([content = Buffer.alloc(0)]: readonly Buffer[]): RevokedSerials => revokedSerials(file, content);
    return new Revocations(await Reloaded.load({ files: [file], build, logger }));
  }

  /** The reason to refuse a certificate, if it or one of its chain is revoked. */
  async reasonFor(leaf: X509Certificate): Promise<string | undefined> {
    return reasonOf(leaf, await this.#list.current());
  }

  /** As `reasonFor`, at once. */
  reasonNow(leaf: X509Certificate): string | undefined {
    return reasonOf(leaf, this.#list.currentNow());
  }
}

function reasonOf(leaf: X509Certificate, revoked: RevokedSerials): string | undefined {
  const serial = revokedIn(leaf, revoked);
  return serial === undefined ? undefined : `the certificate with the serial number ${serial} is revoked`;
}

/** OpenSSL's own bound on a chain. */
const CHAIN_MAX = 100;

function derOf(content: Buffer): Buffer {
  const pem = PEM.exec(
    content.subarray(0, 64).toString('latin1').startsWith('-----') ? content.toString('latin1') : '',
  );
  return pem?.[1] === undefined ? content : Buffer.from(pem[1], 'base64');
}

function serialsIn(der: Buffer): RevokedSerials {
  const list = expect(elementAt(der, 0), SEQUENCE).body;
  const signed = expect(elementAt(list, 0), SEQUENCE).body;
  let at = 0;
  const next = (): Element => {
    const element = elementAt(signed, at);
    at = element.end;
    return element;
  };
  const isNext = (...tags: readonly number[]): boolean => at < signed.length && tags.includes(signed[at] ?? 0);
  if (isNext(INTEGER)) next();
  expect(next(), SEQUENCE); // algorithm of the signature
  expect(next(), SEQUENCE); // issuer
  if (!isNext(UTC_TIME, GENERALIZED_TIME)) throw new RangeError('the time of the update is missing');
  next();
  if (isNext(UTC_TIME, GENERALIZED_TIME)) next();
  const serials = new Set<string>();
  if (!isNext(SEQUENCE)) return serials;
  const entries = next().body;
  for (let entryAt = 0; entryAt < entries.length;) {
    const entry = expect(elementAt(entries, entryAt), SEQUENCE);
    serials.add(normal(expect(elementAt(entry.body, 0), INTEGER).body.toString('hex')));
    entryAt = entry.end;
  }
  return serials;
}

function expect(element: Element, tag: number): Element {
  if (element.tag !== tag) throw new RangeError(`a value has the tag ${element.tag} in place of ${tag}`);
  return element;
}

/** @throws RangeError if no whole element is there */
function elementAt(bytes: Buffer, start: number): Element {
  const [tag, first] = [bytes[start], bytes[start + 1]];
  if (tag === undefined || first === undefined) throw new RangeError('it ends too early');
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4) throw new RangeError('a length is malformed');
  const begin = start + 2 + lengthBytes;
  if (begin > bytes.length) throw new RangeError('it ends too early');
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(start + 2, lengthBytes);
  const end = begin + length;
  if (end > bytes.length) throw new RangeError('it ends too early');
  return { tag, body: bytes.subarray(begin, end), end };
}

function normal(serial: string): string {
  return serial.toUpperCase().replace(/^0+(?=.)/, '');
}
