import { EXPOSITION_TYPE } from '../metrics/exposition.js';
import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import { answerText, TEXT } from './answers.js';
import type { Route } from './router.js';

/** /metrics, in Prometheus's text format. */
export function metricsRoute(text: () => Promise<string>, logger: Logger): Route {
  return {
    allow: 'GET, HEAD',
    handle: (_request, response) => {
      text().then(
        (body) => answerText(response, 200, body, EXPOSITION_TYPE),
        (error: unknown) => {
          // While a member stops, its store does not answer any more.
          logger.warn('metrics cannot be told', { error: asError(error).message });
          answerText(response, 503, 'Service Unavailable\n', TEXT);
        },
      );
    },
  };
}
