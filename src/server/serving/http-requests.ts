import type { Socket } from 'node:net';
import type { AccessControl } from '../../http/access/access-control.js';
import { guarded } from '../../http/access/guard.js';
import { withoutCertified } from '../../http/gateway/certified.js';
import { gatewayRoutes } from '../../http/gateway/gateway.js';
import { healthRoutes, type HealthSource } from '../../http/health-routes.js';
import type { RequestHandler } from '../../http/host.js';
import { metricsRoute } from '../../http/metrics-route.js';
import { routing, type Routes } from '../../http/router.js';
import type { MemberAnswers } from '../../rpc/answer-room.js';
import type { Method } from '../../rpc/service.js';
import type { CallTallies } from '../../rpc/tally.js';
import { Schema } from '../../schema/schema.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Logger } from '../../util/logger.js';

export interface ObservationOptions {
  /** Decides which requests are refused, before any is handled. */
  readonly access: AccessControl;
  readonly health: HealthSource;
  readonly metrics: () => Promise<string>;
  readonly logger: Logger;
}

export interface HttpRequestsOptions extends ObservationOptions {
  readonly methods: readonly Method[];
  /** Whether the JSON gateway is served. */
  readonly gateway: boolean;
  /** Whether the certificate of a connection identifies a user over gRPC: then the gateway refuses it. */
  readonly isCertified: (socket: Socket) => boolean;
  /** The largest message that gRPC would take, in bytes. */
  readonly messageBytesMax: number;
  /** Calls of the gateway that may run at the same time; more wait. */
  readonly callsMax: number;
  /** Operations that each list of a transaction may have. */
  readonly txnOpsMax: number;
  readonly tallies: CallTallies;
  /** The memory for unsent answers, shared with gRPC. */
  readonly answers: MemberAnswers;
  readonly onLimit: OnLimit;
}

/** Handles the HTTP/1.1 requests of clients. Builds its routes at the first request: most members never get one. */
export function httpRequests(options: HttpRequestsOptions): RequestHandler {
  const { access, methods, gateway, messageBytesMax, callsMax, txnOpsMax, tallies, answers, onLimit, logger } = options;
  const collect = (): Routes =>
    new Map([
      ...(gateway
        ? gatewayRoutes({
            methods,
            schema: Schema.load(),
            messageBytesMax,
            callsMax,
            txnOpsMax,
            tallies,
            answers,
            onLimit,
            logger,
          })
        : []),
      ...observationRoutes(options),
    ]);
  let routes: Routes | undefined;
  const route = routing(() => (routes ??= collect()));
  return guarded(access, gateway ? withoutCertified(options.isCertified, route) : route);
}

/** Handles the requests at --listen-metrics-urls: metrics and health, without the store. */
export function observationRequests(options: ObservationOptions): RequestHandler {
  const routes = observationRoutes(options);
  return guarded(
    options.access,
    routing(() => routes),
  );
}

function observationRoutes({ health, metrics, logger }: ObservationOptions): Routes {
  return new Map([...healthRoutes(health), ['/metrics', metricsRoute(metrics, logger)]]);
}
