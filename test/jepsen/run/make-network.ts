import { NamespaceNetwork } from '../net/namespace-network.js';
import type { Network } from '../net/network.js';
import { ProxyNetwork } from '../net/proxy-network.js';
import type { ProxyNetworkOptions } from '../net/proxy-network.js';

export function makeNetwork(kind: Network['kind'], options: ProxyNetworkOptions): Network {
  return kind === 'netns' ? new NamespaceNetwork() : new ProxyNetwork(options);
}
