import type { Logger } from '../../util/logger.js';
import type { Measurements } from '../monitoring/measurements.js';
import type { ServerConfig } from '../settings/config.js';
import { ConnectionBound } from './connection-bound.js';
import type { DescriptorPlan } from './descriptors.js';
import { Listeners } from './listeners.js';
import type { Resources } from './resources.js';

/** Connections that one address may open to the peer port. A member opens two, and one for each question. */
const PEER_CONNECTION_RATE = { perSecond: 50, burst: 100 };

/** Binds every URL. @throws ConfigError if one cannot be bound; the caller closes those bound before it */
export async function openListeners(
  { config, logger, descriptors, measurements }: Binding,
  resources: Resources,
): Promise<OpenListeners> {
  const boundOf = (port: keyof DescriptorPlan['connections']): ConnectionBound => {
    const kind =
      port === 'peer' ? ({ yields: 'unproven', rate: PEER_CONNECTION_RATE } as const) : { yields: 'silent' as const };
    const bound = new ConnectionBound({ port, max: descriptors.connections[port], ...kind, logger });
    measurements.connections.push(bound);
    return bound;
  };
  const bind = async (flag: string, urls: readonly string[], bound: ConnectionBound): Promise<Listeners> => {
    const listeners = await Listeners.bind({ flag, urls, bound, reusePort: config.socketReusePort });
    return resources.keep(listeners, () => listeners.close());
  };
  const clientBound = boundOf('client');
  return {
    clients: await bind('listen-client-urls', config.listenClientUrls, clientBound),
    webClients: await bind('listen-client-http-urls', config.listenClientHttpUrls, clientBound),
    peers: await bind('listen-peer-urls', config.listenPeerUrls, boundOf('peer')),
    observers: await bind('listen-metrics-urls', config.listenMetricsUrls, boundOf('metrics')),
  };
}

interface Binding {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly descriptors: DescriptorPlan;
  readonly measurements: Measurements;
}

/** The listeners of a member, bound. They accept nothing until they are served. */
export interface OpenListeners {
  readonly clients: Listeners;
  /** For HTTP apart from gRPC; without URLs unless configured. */
  readonly webClients: Listeners;
  readonly peers: Listeners;
  readonly observers: Listeners;
}
