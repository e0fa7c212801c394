import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { asBuffer } from '../../util/bytes.js';
import { asError } from '../../util/error.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { invalidArgument } from '../errors.js';
import type { TlsOptions } from './tls-options.js';

const NOUNS = { ca: 'CA certificate', cert: 'client certificate', key: 'client key' } as const;
type Part = keyof typeof NOUNS;
const PARTS: readonly Part[] = ['ca', 'cert', 'key'];
type Pems = { readonly [P in Part]?: Buffer };

const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/**
 * The certificates and the key of a client. Files are read again for a connection that is made after they have changed. If
 * they are unusable then, the last good ones stay in use: they may be half written.
 */
export class ContextSource {
  readonly #options: TlsOptions;
  #context: SecureContext;
  #stamp: string;

  /** @throws RaftKvError `invalid-argument` if a file cannot be read, or if certificate and key are unusable */
  constructor(options: TlsOptions) {
    this.#options = options;
    this.#stamp = stampOf(options);
    this.#context = makeContext(options);
  }

  /** The context for the next connection. */
  current(): SecureContext {
    const stamp = stampOf(this.#options);
    if (stamp === this.#stamp) return this.#context;
    // Noted first, so that unusable files are not parsed again for every connection.
    this.#stamp = stamp;
    try {
      this.#context = makeContext(this.#options);
    } catch {
      // The last good context stays in use.
    }
    return this.#context;
  }
}

function makeContext(options: TlsOptions): SecureContext {
  const pems = readAll(options);
  const { ca, cert, key } = pems;
  if (cert !== undefined && key === undefined) throw invalidArgument('tls: a client certificate needs its key');
  if (key !== undefined && cert === undefined) throw invalidArgument('tls: a client key needs its certificate');
  // One at a time, so that the message names the part that is unusable.
  if (ca !== undefined) check(options, 'ca', () => parseCertificates(ca));
  if (cert !== undefined) check(options, 'cert', () => void createSecureContext({ cert }));
  if (key !== undefined) check(options, 'key', () => void createSecureContext({ ...options.node, key }));
  try {
    return createSecureContext({ ...pems, ...options.node });
  } catch (error) {
    const reason = reasonOf(error);
    const isMismatch = reason === 'key values mismatch';
    throw invalidArgument(
      isMismatch ? `tls: ${nameOf(options, 'key')} does not fit ${nameOf(options, 'cert')}` : `tls: ${reason}`,
    );
  }
}

/** OpenSSL would take a list without a certificate for one that trusts no authority. @throws Error */
function parseCertificates(pem: Buffer): void {
  const blocks = pem.toString('latin1').match(CERTIFICATE);
  if (blocks === null) throw new Error('no certificate in it');
  for (const block of blocks) void new X509Certificate(block);
}

function check(options: TlsOptions, part: Part, make: () => void): void {
  try {
    make();
  } catch (error) {
    throw invalidArgument(`tls: ${nameOf(options, part)} is not PEM that can be used: ${reasonOf(error)}`);
  }
}

function readAll(options: TlsOptions): Pems {
  const entries = PARTS.flatMap((part) => {
    const value = options[part];
    return value === undefined ? [] : [[part, read(options, part, value)] as const];
  });
  return Object.fromEntries(entries);
}

function read(options: TlsOptions, part: Part, value: string | Uint8Array): Buffer {
  const path = pathOf(value);
  if (path === undefined) return typeof value === 'string' ? Buffer.from(value) : asBuffer(value);
  try {
    return readFileSync(path);
  } catch (error) {
    const why = isSystemError(error) ? systemReason(error) : asError(error).message;
    throw invalidArgument(`tls: ${nameOf(options, part)} cannot be read: ${why}`);
  }
}

/** The path of a file; undefined for PEM. */
function pathOf(value: string | Uint8Array | undefined): string | undefined {
  return typeof value === 'string' && !value.includes('-----BEGIN') ? value : undefined;
}

function nameOf(options: TlsOptions, part: Part): string {
  const path = pathOf(options[part]);
  return path === undefined ? `the ${NOUNS[part]}` : `the ${NOUNS[part]} ${path}`;
}

/** Changes whenever one of the files does. A file that cannot be read has a stamp too. */
function stampOf(options: TlsOptions): string {
  return PARTS.map((part) => {
    const path = pathOf(options[part]);
    return path === undefined ? '' : stampOfFile(path);
  }).join(' ');
}

function stampOfFile(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino}/${size}/${mtimeNs}`;
  } catch (error) {
    return asError(error).message;
  }
}

/** A message of OpenSSL without its codes: the text after the last colon. */
function reasonOf(error: unknown): string {
  const { message } = asError(error);
  return /^error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
}
