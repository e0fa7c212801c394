import { AsyncExecutor, type AsyncExecutorOptions } from './async-executor.js';
import type { ReadyExecutor } from './ready-executor.js';
import { SyncExecutor } from './sync-executor.js';

/** Creates the executor that the configuration chooses. */
export function makeExecutor(options: AsyncExecutorOptions & { readonly asyncStorage: boolean }): ReadyExecutor {
  return options.asyncStorage ? new AsyncExecutor(options) : new SyncExecutor(options);
}
