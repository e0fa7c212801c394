import type { Logger } from '../../util/logger.js';
import type { Measurements } from '../monitoring/measurements.js';
import type { ServerConfig } from '../settings/config.js';
import { ConnectionBound } from './connection-bound.js';
import type { DescriptorPlan } from './descriptors.js';
import { Listeners, type ListenersOptions } from './listeners.js';
import type { Resources } from './resources.js';
import type { Security } from './security/security.js';

/** Binds every URL. @throws ConfigError if one cannot be bound; the caller closes those bound before it */
export async function openListeners(
  { config, logger, descriptors, measurements, handshakes: secure }: Binding,
  resources: Resources,
): Promise<OpenListeners> {
  // A member opens two connections to another, and one for each question.
  const rate = { perSecond: config.maxPeerConnectionRate, burst: 2 * config.maxPeerConnectionRate };
  const boundOf = (port: keyof DescriptorPlan['connections']): ConnectionBound => {
    const kind = port === 'peer' ? ({ yields: 'unproven', rate } as const) : { yields: 'silent' as const };
    const max = descriptors.connections[port];
    const bound = new ConnectionBound({ port, max, ...kind, logger, onLimit: measurements.limits.hit });
    measurements.connections.push(bound);
    return bound;
  };
  measurements.handshakes.push(...Object.values(secure).filter((handshakes) => handshakes !== undefined));
  const bind = async (
    flag: string,
    urls: readonly string[],
    kind: Pick<ListenersOptions, 'bound' | 'handshakes' | 'protocols'>,
  ): Promise<Listeners> => {
    const reusePort = config.socketReusePort;
    const listeners = await Listeners.bind({ flag, urls, ...kind, reusePort });
    return resources.keep(listeners, () => listeners.close());
  };
  const client = { bound: boundOf('client'), handshakes: secure.client };
  const observer = { bound: boundOf('metrics'), handshakes: secure.metrics };
  return {
    clients: await bind('listen-client-urls', config.listenClientUrls, client),
    webClients: await bind('listen-client-http-urls', config.listenClientHttpUrls, { ...client, protocols: HTTP_1 }),
    peers: await bind('listen-peer-urls', config.listenPeerUrls, { bound: boundOf('peer'), handshakes: secure.peer }),
    observers: await bind('listen-metrics-urls', config.listenMetricsUrls, observer),
  };
}

/** A client that may choose would take HTTP/2, which only the port with gRPC speaks. */
const HTTP_1: readonly string[] = ['http/1.1'];

interface Binding {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly descriptors: DescriptorPlan;
  readonly measurements: Measurements;
  readonly handshakes: Security['handshakes'];
}

/** The listeners of a member, bound. They accept nothing until they are served. */
export interface OpenListeners {
  readonly clients: Listeners;
  /** For HTTP apart from gRPC; without URLs unless configured. */
  readonly webClients: Listeners;
  readonly peers: Listeners;
  readonly observers: Listeners;
}
