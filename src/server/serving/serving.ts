import type { Logger } from '../../util/logger.js';
import type { Assembly } from '../assembly/assembly.js';
import type { Measurements } from '../monitoring/measurements.js';
import type { ServerConfig } from '../settings/config.js';
import type { OpenListeners } from '../startup/open-listeners.js';
import type { PeerEndpoint } from './peer-endpoint.js';

/** The parts of a member that serves connections. */
export interface Serving extends OpenListeners {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly assembly: Assembly;
  readonly measurements: Measurements;
  readonly peerEndpoint: PeerEndpoint;
}
