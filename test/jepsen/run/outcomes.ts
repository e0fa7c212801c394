import { RaftKvError } from '../../../src/client/index.js';
import type { Outcome } from './workload.js';

/**
 * The outcome of a call of the client that threw. `fail` only if the client knows that the request was not applied and never
 * will be; reads have no effect, and always fail.
 * @throws the error, if it is not one of the client: a bug of the workload
 */
export function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof RaftKvError)) throw error;
  const text = `${error.code}: ${error.message}`;
  return { type: error.fate === 'not-applied' ? 'fail' : 'info', error: text };
}
