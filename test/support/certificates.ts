import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeCertificates } from '../../cluster/members.js';
import { CertificateAuthority, type CertificateRequest, type Issued } from '../../src/tls/issuing.js';
import { makeTemporaryFolder } from './temporary-folder.js';

const DAY_MS = 24 * 3_600_000;

/** A certificate and its key in files. */
export interface CertificateFiles extends Issued {
  readonly certFile: string;
  readonly keyFile: string;
  /** Hex digits, as in a revocation list. */
  readonly serial: string;
}

/** A certificate authority for tests, whose files live in a temporary folder until the process ends. */
export class TestAuthority {
  readonly folder: string;
  /** File of the authority's certificate. */
  readonly caFile: string;
  readonly ca: string;
  /** Its certificate and key. */
  readonly issued: Issued;
  readonly #authority: CertificateAuthority;
  #files = 0;

  private constructor(authority: CertificateAuthority) {
    this.folder = makeTemporaryFolder('certificates');
    this.#authority = authority;
    this.issued = authority.issued;
    this.ca = authority.issued.cert;
    this.caFile = this.write('ca.crt', this.ca);
  }

  static async create(commonName = 'test CA'): Promise<TestAuthority> {
    return new TestAuthority(await CertificateAuthority.create({ commonName, validity: aroundNow() }));
  }

  /** A certificate for servers on loopback and for clients, unless the request says otherwise. */
  async issue(request: Partial<CertificateRequest> = {}): Promise<CertificateFiles> {
    const issued = await this.#authority.issue({
      commonName: 'test',
      hosts: ['localhost', '127.0.0.1', '::1'],
      uses: ['server', 'client'],
      validity: aroundNow(),
      ...request,
    });
    this.#files += 1;
    return {
      ...issued,
      certFile: this.write(`${this.#files}.crt`, issued.cert),
      keyFile: this.write(`${this.#files}.key`, issued.key),
      serial: new X509Certificate(issued.cert).serialNumber,
    };
  }

  /** One certificate for all members of a cluster on loopback, whose clients need none. */
  async forMembers(): Promise<NodeCertificates> {
    const { certFile: cert, keyFile: key } = await this.issue();
    return { caFile: this.caFile, of: () => ({ cert, key }) };
  }

  /** A revocation list in DER. */
  revoke(serials: readonly string[]): Promise<Buffer> {
    return this.#authority.revocationList(serials, aroundNow());
  }

  /** Writes a file into the authority's folder. @returns its path */
  write(name: string, content: string | Buffer): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }
}

export function aroundNow(): CertificateRequest['validity'] {
  return { fromMs: Date.now() - DAY_MS, toMs: Date.now() + 30 * DAY_MS };
}

let shared: Promise<TestAuthority> | undefined;

/** One authority for all tests of a process that need no own. */
export function testAuthority(): Promise<TestAuthority> {
  return (shared ??= TestAuthority.create());
}
