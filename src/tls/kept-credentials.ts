import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../util/system-error.js';
import type { Logger } from '../util/logger.js';
import { checkCredentials, validityProblem, type Credentials } from './credentials.js';
import { TlsFileError } from './files.js';

export interface KeptCredentialsOptions {
  readonly folder: string;
  /** The setting that asks for them, for messages. */
  readonly setting: string;
  /** Names and addresses that a new certificate is for. */
  readonly hosts: readonly string[];
  /** Validity of a new certificate, in years. */
  readonly years: number;
  readonly logger: Logger;
}

const YEAR_MS = 365 * 24 * 3_600_000;
/** Clocks of clients may be behind. */
const BEFORE_MS = 3_600_000;

/**
 * A self-signed certificate that is made at the first start and kept in a folder, under etcd's names. It encrypts; no client
 * can tell by it whom it talks to.
 */
export class KeptCredentials {
  readonly credentials: Credentials;
  readonly #folder: string;
  readonly #isNew: boolean;

  private constructor(credentials: Credentials, { folder, isNew }: { folder: string; isNew: boolean }) {
    this.credentials = credentials;
    this.#folder = folder;
    this.#isNew = isNew;
  }

  /** Reads the certificate, or makes one if there is none that can be used. Writes nothing. */
  static async open(options: KeptCredentialsOptions): Promise<KeptCredentials> {
    const { folder, setting, hosts, years, logger } = options;
    const [cert, key] = filesIn(folder).map((path) => ({ path, setting }));
    if (cert === undefined || key === undefined) throw new Error('two files');
    const found = await Promise.all([cert, key].map(({ path }) => contentOf(path)));
    const present = found.filter((content) => content !== undefined);
    if (present.length > 0) {
      const kept = usable(() => checkCredentials({ cert, key }, present));
      if (typeof kept !== 'string') return new KeptCredentials(kept, { folder, isNew: false });
      logger.warn('making a new self-signed certificate', { folder, reason: kept });
    }
    const { selfSigned } = await import('./issuing.js');
    const nowMs = Date.now();
    const issued = await selfSigned(
      {
        commonName: hosts[0] ?? 'localhost',
        organization: 'raftkv',
        hosts,
        uses: ['server', 'client'],
        validity: { fromMs: nowMs - BEFORE_MS, toMs: nowMs + years * YEAR_MS },
      },
      'P-521',
    );
    const made = {
      cert: Buffer.from(issued.cert),
      key: Buffer.from(issued.key),
      leaf: new X509Certificate(issued.cert),
    };
    return new KeptCredentials(made, { folder, isNew: true });
  }

  /** Writes a certificate that was made. */
  async keep(): Promise<void> {
    if (!this.#isNew) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { cert, key } = this.credentials;
    const [certPath = '', keyPath = ''] = filesIn(this.#folder);
    await writeFile(keyPath, key, { mode: 0o600 });
    await writeFile(certPath, cert, { mode: 0o600 });
  }
}

/** Files of the certificate and its key. */
function filesIn(folder: string): readonly string[] {
  return [join(folder, 'cert.pem'), join(folder, 'key.pem')];
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The credentials, or why they cannot be used. */
function usable(read: () => Credentials): Credentials | string {
  try {
    const credentials = read();
    return validityProblem(credentials.leaf, Date.now()) ?? credentials;
  } catch (error) {
    if (error instanceof TlsFileError) return error.message;
    throw error;
  }
}
