import type { Client } from '../../../../src/client/index.js';
import type { ClientContext, Outcome } from '../../run/workload.js';
import { CALL, unknownOutcome } from '../common.js';

/** Renews the lease of a lock or a leadership by one recorded call, from which the checker knows how long it surely lasts. */
export async function recordRenewal(
  context: ClientContext,
  client: Client,
  { key, token, id }: { readonly key: string; readonly token: number; readonly id: bigint },
): Promise<Outcome> {
  return await context.call({ f: 'keepalive', key, value: { token } }, async () => {
    const renewal = await client.leaseKeepAliveOnce(id, CALL).catch(unknownOutcome);
    return 'type' in renewal ? renewal : { type: 'ok', value: { token, ttl: renewal.ttlSeconds } };
  });
}
