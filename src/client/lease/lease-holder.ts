import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { leaseIdToWire } from '../calls/ids.js';
import { LEASE_END, LEASE_TIME_TO_LIVE } from '../calls/methods.js';
import { RaftKvError } from '../errors.js';
import { keepAliveOnce } from './keep-alive-once.js';
import { leaseEndedError, Lease } from './lease.js';
import type { LeaseOptions } from './lease.js';
import { LeaseKeeper } from './lease-keeper.js';
import { grantLease, toTimeToLive } from './lease-requests.js';
import type { LeaseKeepAliveResult, LeaseTimeToLiveResult } from './lease-requests.js';

/** Makes the leases that one client keeps alive. */
export class LeaseHolder {
  readonly #dispatcher: Dispatcher;
  readonly #keeper: LeaseKeeper;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
    this.#keeper = new LeaseKeeper(dispatcher);
  }

  /** Grants a lease and keeps it alive. @throws RaftKvError */
  async grant(ttlSeconds: number, options: LeaseOptions & CallOptions): Promise<Lease> {
    const timed = sentTime();
    const granted = await grantLease(this.#dispatcher, ttlSeconds, { ...options, onAttempt: timed.onAttempt });
    return this.#hold(granted, { sinceMs: timed.sentMs(), onRenewed: options.onRenewed });
  }

  /** Keeps an existing lease alive. @throws RaftKvError `lease-lost` if there is no such lease */
  async adopt(id: bigint, options: Omit<LeaseOptions, 'id'> & CallOptions): Promise<Lease> {
    const timed = sentTime();
    const renewed = await this.renewOnce(id, { ...options, onAttempt: timed.onAttempt });
    if (renewed.ttlSeconds <= 0) throw leaseEndedError(id);
    options.onRenewed?.(renewed);
    return this.#hold(renewed, { sinceMs: timed.sentMs(), onRenewed: options.onRenewed });
  }

  /** @throws RaftKvError */
  async renewOnce(id: bigint, options: Parameters<typeof keepAliveOnce>[2]): Promise<LeaseKeepAliveResult> {
    return await keepAliveOnce({ dispatcher: this.#dispatcher, keeper: this.#keeper }, id, options);
  }

  /** @throws RaftKvError */
  async timeToLive(
    id: bigint,
    { keys = true, ...options }: CallOptions & { readonly keys?: boolean },
  ): Promise<LeaseTimeToLiveResult> {
    return toTimeToLive(await this.#dispatcher.call(LEASE_TIME_TO_LIVE, { ID: leaseIdToWire(id), keys }, options));
  }

  #hold(
    { id, ttlSeconds }: { readonly id: bigint; readonly ttlSeconds: number },
    { sinceMs, onRenewed }: { readonly sinceMs: number; readonly onRenewed: LeaseOptions['onRenewed'] },
  ): Lease {
    return new Lease({
      keeper: this.#keeper,
      id,
      ttlSeconds,
      sinceMs,
      onRenewed,
      timeToLive: (options) => this.timeToLive(id, options),
      revoke: async (options) => {
        try {
          await this.#dispatcher.call(LEASE_END, { ID: leaseIdToWire(id) }, options);
        } catch (error) {
          if (!(error instanceof RaftKvError) || error.code !== 'not-found') throw error;
        }
      },
    });
  }
}

/** Notes when the last attempt was sent: the server may count the lease's time from then on. */
function sentTime(): { readonly onAttempt: () => void; readonly sentMs: () => number } {
  let sentMs = performance.now();
  return { onAttempt: () => (sentMs = performance.now()), sentMs: () => sentMs };
}
