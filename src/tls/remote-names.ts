import type { X509Certificate } from 'node:crypto';
import { lookup, lookupService } from 'node:dns/promises';
import { asError } from '../util/error.js';
import { alternativeNames, isFor } from './certificate-checks.js';

/** The parts of the name service that the check uses. */
export interface Names {
  /** The addresses of a name. */
  readonly addresses: (name: string) => Promise<readonly string[]>;
  /** The names of an address. */
  readonly names: (address: string) => Promise<readonly string[]>;
}

const SYSTEM: Names = {
  addresses: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  names: async (address) => [(await lookupService(address, 0)).hostname.replace(/\.$/, '')],
};

/**
 * Checks that a member calls from an address that its certificate names, as etcd does: by an IP address, or by a DNS name
 * that leads to the address or is led to by it. A certificate without such names may come from anywhere.
 * @param address of the other side
 * @returns the reason to refuse the connection, if there is one
 */
export async function remoteNameProblem(
  certificate: X509Certificate,
  address: string,
  system: Names = SYSTEM,
): Promise<string | undefined> {
  const remote = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
  const names = alternativeNames(certificate);
  if (names === undefined) return 'the alternative names of the certificate of the caller cannot be read';
  const { dns, ips } = names;
  if (dns.length === 0 && ips.length === 0) return undefined;
  if (ips.length > 0 && isFor(certificate, remote)) return undefined;
  const failures: string[] = [];
  if (dns.length > 0 && (await isNamed(dns, remote, { system, failures }))) return undefined;
  const reasons = failures.length === 0 ? '' : ` (${failures.join('; ')})`;
  return `the certificate of the caller is for ${[...ips, ...dns].join(', ')}, and not for ${remote}${reasons}`;
}

async function isNamed(
  dns: readonly string[],
  remote: string,
  { system, failures }: { readonly system: Names; readonly failures: string[] },
): Promise<boolean> {
  const failed = (error: unknown): readonly string[] => {
    failures.push(asError(error).message);
    return [];
  };
  const suffixes = dns.filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  const plain = dns.filter((name) => !name.startsWith('*.'));
  for (const name of plain) {
    if ((await system.addresses(name).catch(failed)).includes(remote)) return true;
  }
  const own = await system.names(remote).catch(failed);
  return own.some((name) => plain.includes(name) || suffixes.some((suffix) => name.endsWith(suffix)));
}
