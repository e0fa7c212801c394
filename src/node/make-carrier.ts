import { AsyncCarrier, type AsyncCarrierOptions } from './async-carrier.js';
import type { Carrier } from './carrier.js';
import { SyncCarrier } from './sync-carrier.js';

/** Storage in the loop, or beside it. */
export function makeCarrier(options: AsyncCarrierOptions & { readonly asyncStorage: boolean }): Carrier {
  return options.asyncStorage ? new AsyncCarrier(options) : new SyncCarrier(options);
}
