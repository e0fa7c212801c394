import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import type { TlsOptions } from '../../../src/client/index.js';
import { TestAuthority } from '../../support/certificates.js';

/** Certificates of members and clients, each member's in files of its own that can be replaced. */
export class Certificates {
  readonly #authority: TestAuthority;
  readonly #hosts: readonly string[];
  readonly #client: { readonly cert: string; readonly key: string };
  /** Certificates issued so far. */
  issued = 0;

  private constructor(
    authority: TestAuthority,
    hosts: readonly string[],
    client: { readonly cert: string; readonly key: string },
  ) {
    this.#authority = authority;
    this.#hosts = hosts;
    this.#client = client;
  }

  /** @param hosts names and addresses for which every member's certificate is valid */
  static async create(hosts: readonly string[]): Promise<Certificates> {
    const authority = await TestAuthority.create('fault tests');
    // With authentication the common name of a certificate is the user, unless the call has a token.
    const client = await authority.issue({ commonName: 'client', hosts: [], uses: ['client'] });
    return new Certificates(authority, hosts, { cert: client.certFile, key: client.keyFile });
  }

  get caFile(): string {
    return this.#authority.caFile;
  }

  filesOf(member: string): { readonly cert: string; readonly key: string } {
    const path = join(this.#authority.folder, member);
    return { cert: `${path}.crt`, key: `${path}.key` };
  }

  /** Writes a new certificate and key of a member in place of the old ones. */
  async issue(member: string): Promise<void> {
    const { cert, key } = await this.#authority.issue({ commonName: member, hosts: this.#hosts });
    const files = this.filesOf(member);
    // The key first: a member that finds a certificate without its key keeps what it has until both fit.
    for (const [path, text] of [
      [files.key, key],
      [files.cert, cert],
    ] as const) {
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    }
    this.issued += 1;
  }

  flagsOf(member: string): Readonly<Record<string, string>> {
    const { cert, key } = this.filesOf(member);
    return {
      'cert-file': cert,
      'key-file': key,
      'trusted-ca-file': this.caFile,
      'peer-cert-file': cert,
      'peer-key-file': key,
      'peer-trusted-ca-file': this.caFile,
    };
  }

  /** For the project's client. */
  get tls(): TlsOptions {
    return { ca: this.caFile, ...this.#client };
  }

  /** For bare gRPC clients. */
  secrets(read: (path: string) => Buffer): ChannelCredentials {
    return credentials.createSsl(read(this.caFile), read(this.#client.key), read(this.#client.cert));
  }
}
