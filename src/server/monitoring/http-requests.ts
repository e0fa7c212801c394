import { gatewayRoutes } from '../../http/gateway/gateway.js';
import { healthRoutes, type HealthSource } from '../../http/health-routes.js';
import type { RequestHandler } from '../../http/host.js';
import { metricsRoute } from '../../http/metrics-route.js';
import { routing, type Routes } from '../../http/router.js';
import type { Method } from '../../rpc/service.js';
import type { CallTallies } from '../../rpc/tally.js';
import { Schema } from '../../schema/schema.js';
import type { Logger } from '../../util/logger.js';

export interface HttpRequestsOptions {
  readonly methods: readonly Method[];
  /** The largest message that gRPC would take, in bytes. */
  readonly messageBytesMax: number;
  readonly health: HealthSource;
  readonly metrics: () => Promise<string>;
  readonly tallies: CallTallies;
  readonly logger: Logger;
}

/** What a member answers over HTTP/1.1. It is put together at the first request: most members never see one. */
export function httpRequests(options: HttpRequestsOptions): RequestHandler {
  const { methods, messageBytesMax, tallies, logger } = options;
  const collect = (): Routes =>
    new Map([
      ...gatewayRoutes({ methods, schema: Schema.load(), messageBytesMax, tallies, logger }),
      ...observationRoutes(options),
    ]);
  let routes: Routes | undefined;
  return routing(() => (routes ??= collect()));
}

/** What is served at --listen-metrics-urls: for those who watch members, and are not to talk to the store. */
export function observationRequests(
  options: Pick<HttpRequestsOptions, 'health' | 'metrics' | 'logger'>,
): RequestHandler {
  const routes = observationRoutes(options);
  return routing(() => routes);
}

function observationRoutes({
  health,
  metrics,
  logger,
}: Pick<HttpRequestsOptions, 'health' | 'metrics' | 'logger'>): Routes {
  return new Map([...healthRoutes(health), ['/metrics', metricsRoute(metrics, logger)]]);
}
