import { RaftKvError } from '../../../../src/client/index.js';
import type { Client } from '../../../../src/client/index.js';
import type { ClientContext, Outcome } from '../../run/workload.js';
import { CALL } from '../common.js';

/** Renews the lease of a lock or a leadership by one recorded call, from which the checker knows how long it surely lasts. */
export async function recordRenewal(
  context: ClientContext,
  client: Client,
  { key, token, id }: { readonly key: string; readonly token: number; readonly id: bigint },
): Promise<Outcome> {
  return await context.call({ f: 'keepalive', key, value: { token } }, async () => {
    const { ttlSeconds } = await client.leaseKeepAliveOnce(id, CALL);
    return { type: 'ok', value: { token, ttl: ttlSeconds } };
  });
}

/**
 * The outcome of a wait for a lock or an election that failed: its place in the queue may last until its lease ends, and come to
 * be the first. @throws the error, if it is not one of the client
 */
export function outcomeOfWait(error: unknown): Outcome {
  if (!(error instanceof RaftKvError)) throw error;
  return { type: 'info', error: `${error.code}: ${error.message}` };
}
