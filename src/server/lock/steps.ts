import type { CallContext, UnaryCall } from '../../rpc/service.js';
import { Errors } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import type { Queues } from './queue.js';
import { CallFailure, type StoreCalls } from './store-calls.js';

/** What the lock and election services share. */
export interface LockServiceOptions {
  readonly calls: StoreCalls;
  readonly queues: Queues;
  readonly headers: Headers;
  /** The lease of the request; for 0, a new one of a minute that is not renewed, as in etcd. */
  readonly leaseOr: (call: CallContext, lease: bigint) => Promise<bigint>;
  readonly revision: () => number;
  readonly onFatal: (error: unknown) => void;
}

/** Runs the steps of a call. If one fails, the call fails with its status. */
export function serveSteps(
  call: Pick<UnaryCall, 'fail'>,
  { onFatal }: Pick<LockServiceOptions, 'onFatal'>,
  steps: () => void | Promise<void>,
): void {
  const run = async (): Promise<void> => await steps();
  run().catch((error: unknown) => {
    if (error instanceof CallFailure) {
      call.fail(error.status);
    } else {
      call.fail(Errors.stopped);
      onFatal(error);
    }
  });
}
