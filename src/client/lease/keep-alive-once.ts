import { onAbort } from '../../util/abort.js';
import { cancelledError, closedError } from '../calls/ended-errors.js';
import type { AttemptedCallOptions, Dispatcher } from '../calls/dispatcher.js';
import { RaftKvError } from '../errors.js';
import type { LeaseKeeper, Renewal } from './lease-keeper.js';
import type { LeaseKeepAliveResult } from './lease-requests.js';

/** Renews a lease once, at the first member that answers. @throws RaftKvError if none does in time */
export function keepAliveOnce(
  { dispatcher, keeper }: { readonly dispatcher: Dispatcher; readonly keeper: LeaseKeeper },
  id: bigint,
  { timeoutMs = dispatcher.timeoutMs, signal, onAttempt }: AttemptedCallOptions,
): Promise<LeaseKeepAliveResult> {
  return new Promise((resolve, reject) => {
    if (dispatcher.closing.aborted) return reject(closedError('not-applied'));
    if (signal?.aborted === true) return reject(cancelledError('not-applied', signal));
    let stall: NodeJS.Timeout | undefined;
    const finish = (settle: () => void): void => {
      clearTimeout(stall);
      clearTimeout(deadline);
      forget();
      keeper.release(renewal);
      settle();
    };
    const cancel = (): void => {
      if (signal !== undefined) finish(() => reject(cancelledError('not-applied', signal)));
    };
    const renewal: Renewal = {
      id,
      sent: () => {
        onAttempt?.();
        clearTimeout(stall);
        // No member may use more than an equal share of the time.
        stall = setTimeout(() => keeper.stalled(), timeoutMs / dispatcher.endpoints.length);
      },
      answered: (answer) => finish(() => resolve(answer)),
      unreachable: (error) => finish(() => reject(error)),
      refused: (error) => finish(() => reject(error)),
      closed: () => finish(() => reject(closedError('not-applied'))),
    };
    const deadline = setTimeout(() => finish(() => reject(noAnswer(keeper.lastFailure))), timeoutMs);
    const forget = onAbort([signal], cancel);
    keeper.add(renewal);
    keeper.renew(renewal);
  });
}

function noAnswer(why: string): RaftKvError {
  const message = `no member renewed the lease in time${why}`;
  return new RaftKvError({ code: 'deadline-exceeded', message, fate: 'not-applied', retryable: true });
}
