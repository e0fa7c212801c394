import { gatewayRoutes } from '../http/gateway/gateway.js';
import type { RequestHandler } from '../http/host.js';
import { routing, type Routes } from '../http/router.js';
import type { Method } from '../rpc/service.js';
import { Schema } from '../schema/schema.js';
import type { Logger } from '../util/logger.js';

export interface HttpRequestsOptions {
  readonly methods: readonly Method[];
  /** The largest message that gRPC would take, in bytes. */
  readonly messageBytesMax: number;
  readonly logger: Logger;
}

/** What a member answers over HTTP/1.1. It is put together at the first request: most members never see one. */
export function httpRequests({ methods, messageBytesMax, logger }: HttpRequestsOptions): RequestHandler {
  let routes: Routes | undefined;
  return routing(() => (routes ??= gatewayRoutes({ methods, schema: Schema.load(), messageBytesMax, logger })));
}
