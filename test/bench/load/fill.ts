import { etcdserverpb } from '../../../src/gen/proto.js';
import { expectOk, type EtcdClient } from '../../support/etcd-client.js';
import { keyOf } from './random-call.js';

const PUTS = 100;
const AT_ONCE = 32;
const TXN = { request: etcdserverpb.TxnRequest, response: etcdserverpb.TxnResponse };

/** Puts the keys of `keyOf` from a number up to another (exclusive) by transactions of 100 puts, 32 at a time. */
export async function fill(
  client: EtcdClient,
  options: { readonly from?: number; readonly to: number; readonly valueBytes: number },
): Promise<void> {
  const value = Buffer.alloc(options.valueBytes, 'v');
  let next = options.from ?? 0;
  const worker = async (): Promise<void> => {
    while (next < options.to) {
      const first = next;
      next += PUTS;
      const success = Array.from({ length: Math.min(PUTS, options.to - first) }, (_, at) => ({
        requestPut: { key: Buffer.from(keyOf(first + at)), value },
      }));
      const { responses } = expectOk(
        await client.call('/etcdserverpb.KV/Txn', TXN, { success }, { timeoutMs: 60_000 }),
      );
      if (responses.length !== success.length) throw new Error('a transaction did not run its puts');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
