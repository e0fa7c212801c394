import type { ServerConfig } from '../settings/config.js';
import { ConfigError, isUnspecified } from '../settings/urls.js';

/**
 * Checks the settings by which a member without data founds or joins a cluster.
 * @throws ConfigError with one line that says what to do
 */
export function checkInitialCluster(config: ServerConfig): void {
  const { name, initialCluster, initialClusterFault, initialAdvertisePeerUrls: advertised } = config;
  if (initialClusterFault !== undefined) throw initialClusterFault;
  const unspecified = config.listenPeerUrls.find(isUnspecified);
  if (advertised === config.listenPeerUrls && unspecified !== undefined) {
    throw new ConfigError(
      `--listen-peer-urls ${unspecified} is not an address that members can connect to: ` +
        'set --initial-advertise-peer-urls to the address of this machine',
    );
  }
  const own = initialCluster.find((member) => member.name === name);
  if (own === undefined) {
    throw new ConfigError(
      `--initial-cluster does not name this member: add ${name}=${advertised.join(',')} or change --name`,
    );
  }
  if (sorted(own.peerUrls) !== sorted(advertised)) {
    throw new ConfigError(
      `--initial-cluster has ${name}=${own.peerUrls.join(',')}, but --initial-advertise-peer-urls is ${advertised.join(',')}`,
    );
  }
  checkDistinct(config);
}

function checkDistinct({ initialCluster }: ServerConfig): void {
  const owners = new Map<string, string>();
  for (const { name, peerUrls } of initialCluster) {
    for (const url of peerUrls) {
      const other = owners.get(url);
      if (other !== undefined) throw new ConfigError(`--initial-cluster: ${other} and ${name} share ${url}`);
      owners.set(url, name);
    }
  }
}

function sorted(urls: readonly string[]): string {
  return [...urls].sort().join(',');
}
