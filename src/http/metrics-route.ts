import { EXPOSITION_TYPE } from '../metrics/exposition.js';
import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import { answer, answerText, TEXT } from './answers.js';
import type { Route } from './router.js';

/** Maximum number of collections in one second; further requests of that second get the latest answer. */
const COLLECTIONS_PER_SECOND = 50;
const SECOND_MS = 1_000;

/**
 * /metrics, in Prometheus's text format. Requests share answers: collecting metrics takes some milliseconds, however
 * cheap it is to request them.
 */
export function metricsRoute(collect: () => Promise<string>, logger: Logger): Route {
  const latest = shared(async () => Buffer.from(await collect()));
  return {
    allow: 'GET, HEAD',
    handle: (_request, response) => {
      latest().then(
        (body) => {
          response.setHeader('content-type', EXPOSITION_TYPE);
          answer(response, 200, body);
        },
        (error: unknown) => {
          // A store that is being closed has no metrics.
          logger.warn('cannot collect metrics', { error: asError(error).message });
          answerText(response, 503, 'Service Unavailable\n', TEXT);
        },
      );
    },
  };
}

/** Calls of the result share the calls of `make` that are under way, and the latest one once there were many in a second. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let latest: Promise<T> | undefined;
  let running = false;
  let made = 0;
  let secondMs = -Infinity;
  return () => {
    const nowMs = performance.now();
    if (nowMs - secondMs >= SECOND_MS) {
      secondMs = nowMs;
      made = 0;
    }
    if (latest !== undefined && (running || made >= COLLECTIONS_PER_SECOND)) return latest;
    made += 1;
    running = true;
    latest = make().finally(() => (running = false));
    return latest;
  };
}
