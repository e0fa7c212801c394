import type { Network } from '../net/network.js';
import { ProxyNetwork } from '../net/proxy-network.js';
import type { ProxyNetworkOptions } from '../net/proxy-network.js';

export function makeNetwork(kind: Network['kind'], options: ProxyNetworkOptions): Network {
  if (kind === 'netns') throw new Error('not yet');
  return new ProxyNetwork(options);
}
