import { NamespaceNetwork } from '../net/namespace-network.js';
import type { Network } from '../net/network.js';
import { ProxyNetwork } from '../net/proxy-network.js';
import type { ProxyNetworkOptions } from '../net/proxy-network.js';
import type { Subnet } from '../net/subnet.js';

/** @param subnet of network namespaces; without one, proxies stand between the processes */
export function makeNetwork(subnet: Subnet | undefined, options: ProxyNetworkOptions): Network {
  return subnet === undefined ? new ProxyNetwork(options) : new NamespaceNetwork(subnet);
}
