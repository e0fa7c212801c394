import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateAuthority, CertificateRequest, Issued, Validity } from './issuing.js';

/** The files of a certificate and its key. */
export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

const CA = 'ca';

/**
 * A folder with a certificate authority, ca.crt and ca.key, and the certificates that it has signed, NAME.crt and NAME.key.
 * For trials and tests: the key of the authority lies unprotected beside the others.
 */
export class CertificateFolder {
  readonly path: string;
  readonly #authority: CertificateAuthority;

  private constructor(path: string, authority: CertificateAuthority) {
    this.path = path;
    this.#authority = authority;
  }

  /** @throws NodeJS.ErrnoException, EEXIST if the folder has an authority already */
  static async create(
    path: string,
    ca: Pick<CertificateRequest, 'commonName' | 'validity'>,
  ): Promise<CertificateFolder> {
    const { CertificateAuthority } = await import('./issuing.js');
    const authority = await CertificateAuthority.create(ca);
    await mkdir(path, { recursive: true, mode: 0o700 });
    await write(pathsIn(path, CA), authority.issued);
    return new CertificateFolder(path, authority);
  }

  /**
   * @throws NodeJS.ErrnoException, ENOENT if the folder has no authority
   * @throws Error if its files are not those of one
   */
  static async open(path: string): Promise<CertificateFolder> {
    const { cert, key } = pathsIn(path, CA);
    const issued = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
    const { CertificateAuthority } = await import('./issuing.js');
    return new CertificateFolder(path, await CertificateAuthority.open(issued));
  }

  get caFile(): string {
    return pathsIn(this.path, CA).cert;
  }

  get caKeyFile(): string {
    return pathsIn(this.path, CA).key;
  }

  /** @throws NodeJS.ErrnoException, EEXIST if there are files of that name */
  async issue(name: string, request: CertificateRequest): Promise<CertificatePaths> {
    const paths = pathsIn(this.path, name);
    await write(paths, await this.#authority.issue(request));
    return paths;
  }

  /**
   * Writes the list of revoked certificates, in place of an earlier one.
   * @param certificates in PEM
   * @returns its path
   */
  async revoke(certificates: readonly string[], validity: Validity): Promise<string> {
    const serials = certificates.map((certificate) => new X509Certificate(certificate).serialNumber);
    const path = join(this.path, 'revoked.crl');
    await writeFile(path, await this.#authority.revocationList(serials, validity));
    return path;
  }
}

function pathsIn(folder: string, name: string): CertificatePaths {
  return { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

/** Never overwrites: a certificate without its key is lost. */
async function write(paths: CertificatePaths, { cert, key }: Issued): Promise<void> {
  await writeFile(paths.key, key, { mode: 0o600, flag: 'wx' });
  await writeFile(paths.cert, cert, { flag: 'wx' });
}
