import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { KeyValue } from '../keys/key-value.js';
import { oneKey, toBytes } from '../keys/key-range.js';
import type { Bytes } from '../keys/key-range.js';
import { LOCK, RANGE } from '../calls/methods.js';
import { levelledRange } from '../keys/range.js';
import { takeTurn, Turn } from './turn.js';
import type { Grant, TurnOptions } from './turn.js';
import { leaseIdToWire } from '../calls/ids.js';

/**
 * A lock, held until it is released or its lease is lost:
 *
 *     await using lock = await client.lock('jobs/7');
 *     await client.txn(txn().when(lock.isHeld()).do(op.put('results/7', 'done')));
 */
export class Lock extends Turn {
  /** Releases the lock. Does nothing if the lock is lost. @throws RaftKvError */
  async release(options: CallOptions = {}): Promise<void> {
    await this.lease.revoke(options);
  }
}

/** Waits for the lock. @throws RaftKvError */
export async function lock(
  { dispatcher, grant }: { readonly dispatcher: Dispatcher; readonly grant: Grant },
  name: Bytes,
  options: TurnOptions,
): Promise<Lock> {
  const turn = await takeTurn(
    {
      dispatcher,
      grant,
      method: LOCK,
      request: (lease) => ({ name: toBytes(name), lease: leaseIdToWire(lease.id) }),
      // The answer lacks the revision that created the key.
      toPlace: async ({ key }, call) => {
        const request = levelledRange(oneKey(key), {}, 'consistent');
        const [found] = (await dispatcher.call(RANGE, request, call)).kvs.map((kv) => new KeyValue(kv));
        return found === undefined ? undefined : { key: found.key, revision: found.createRevision };
      },
    },
    options,
  );
  return new Lock(turn);
}
