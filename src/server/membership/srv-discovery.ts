import { lookup, resolveSrv } from 'node:dns/promises';
import { asError } from '../../util/error.js';
import type { ServerConfig } from '../settings/config.js';
import { ConfigError, listenAddress, type MemberUrls } from '../settings/urls.js';

/** The parts of the name service that discovery uses. */
export interface NameService {
  readonly resolveSrv: (name: string) => Promise<readonly { readonly name: string; readonly port: number }[]>;
  /** The addresses of a host. */
  readonly addresses: (host: string) => Promise<readonly string[]>;
}

const SYSTEM: NameService = {
  resolveSrv,
  addresses: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
};

/**
 * Finds the members of a new cluster by DNS, as etcd's --discovery-srv does: each SRV record of _etcd-server-ssl._tcp.DOMAIN
 * is a member with TLS, and each of _etcd-server._tcp.DOMAIN one without. The names of the others are not known, and numbers
 * stand for them; ids depend on URLs only.
 * @returns the configuration with `initialCluster`; as it is, if it does not use discovery
 * @throws ConfigError if there are no records, or none is this member's
 */
export async function withDiscoveredCluster(config: ServerConfig, names: NameService = SYSTEM): Promise<ServerConfig> {
  const { discoverySrv: domain, discoverySrvName: suffix, initialAdvertisePeerUrls } = config;
  if (domain === undefined) return config;
  const ending = `${suffix === undefined ? '' : `-${suffix}`}._tcp.${domain}`;
  const secure = await urlsOf({ scheme: 'https', service: `_etcd-server-ssl${ending}` }, names);
  const plain = await urlsOf({ scheme: 'http', service: `_etcd-server${ending}` }, names);
  const services = [secure.service, plain.service].join(' or ');
  const urls = [...secure.urls, ...plain.urls];
  if (urls.length === 0) {
    const reasons = [secure, plain].flatMap(({ failure }) => failure ?? []);
    throw new ConfigError(`--discovery-srv ${domain}: no SRV records of ${services}: ${reasons.join('; ')}`);
  }
  const initialCluster: MemberUrls[] = [];
  for (const [at, url] of urls.entries()) {
    const isOwn = await meansOneOf(url, initialAdvertisePeerUrls, names);
    initialCluster.push({ name: isOwn ? config.name : String(at), peerUrls: [url] });
  }
  if (initialCluster.some(({ name }) => name === config.name)) return { ...config, initialCluster };
  throw new ConfigError(
    `--discovery-srv ${domain}: none of the SRV records of ${services} is this member: ` +
      `--initial-advertise-peer-urls ${initialAdvertisePeerUrls.join(',')} must name the host and port of one`,
  );
}

/** The URLs in the SRV records of a service; none, and why, if there are no records. */
async function urlsOf(
  { scheme, service }: { readonly scheme: 'http' | 'https'; readonly service: string },
  { resolveSrv: resolve }: NameService,
): Promise<{ readonly service: string; readonly urls: readonly string[]; readonly failure?: string }> {
  try {
    const records = await resolve(service);
    return { service, urls: records.map(({ name, port }) => `${scheme}://${name.replace(/\.$/, '')}:${port}`) };
  } catch (error) {
    return { service, urls: [], failure: asError(error).message };
  }
}

/** Whether a URL has the port of one of the others, and an address of its host. */
async function meansOneOf(url: string, others: readonly string[], names: NameService): Promise<boolean> {
  if (others.includes(url)) return true;
  const own = await addressesOf(url, names);
  for (const other of others) {
    const addresses = await addressesOf(other, names);
    if (addresses.some((address) => own.includes(address))) return true;
  }
  return false;
}

/** `ADDRESS:PORT` for each address of a URL's host; none if it has no address yet. */
async function addressesOf(url: string, { addresses }: NameService): Promise<readonly string[]> {
  const address = listenAddress(url);
  if ('path' in address) return [];
  // A member that is not started may have no address yet, and is not this one then.
  const found = await addresses(address.host).catch(() => []);
  return found.map((each) => `${each}:${address.port}`);
}
