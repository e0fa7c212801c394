import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TlsOptions } from '../src/client/index.js';
import { CertificateFolder } from '../src/tls/certificate-folder.js';
import type { CertificateRequest } from '../src/tls/issuing.js';
import { defined } from '../src/util/assert.js';
import type { Certificates, Member } from './members.js';

const YEAR_MS = 365 * 24 * 3_600_000;
const HOSTS = ['localhost', '127.0.0.1', '::1'];

/** The certificates in a folder, which are made unless they are there. Paths are relative to the current folder. */
export async function clusterCertificates(folder: string, members: readonly Member[]): Promise<Certificates> {
  const validity = { fromMs: Date.now() - 3_600_000, toMs: Date.now() + YEAR_MS };
  const own = existsSync(join(folder, 'ca.crt'))
    ? await CertificateFolder.open(folder)
    : await CertificateFolder.create(folder, { commonName: 'raftkv make cluster', validity });
  const filesOf = async (name: string, request: Pick<CertificateRequest, 'hosts' | 'uses'>) => {
    const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
    if (!existsSync(files.cert)) await own.issue(name, { commonName: name, validity, ...request });
    return { cert: relative(process.cwd(), files.cert), key: relative(process.cwd(), files.key) };
  };
  const nodes = new Map<Member, Certificates['client']>();
  for (const member of members)
    nodes.set(member, await filesOf(member.name, { hosts: HOSTS, uses: ['server', 'client'] }));
  return {
    caFile: relative(process.cwd(), own.caFile),
    of: (member) => defined(nodes.get(member), 'the certificate of a node'),
    client: await filesOf('client', { hosts: [], uses: ['client'] }),
  };
}

/** How a client of the cluster uses TLS; undefined without it. */
export function tlsOf(certificates: Certificates | undefined): TlsOptions | undefined {
  return certificates && { ca: certificates.caFile, ...certificates.client };
}
