import { etcdserverpb, raftkv } from '../../gen/proto.js';
import { wireLeaseId } from '../../kv/leases/leases.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import type { Lessor } from '../lease/lessor.js';
import type { Access, CallUser } from '../requests/access.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { statusOf } from '../requests/errors.js';
import { detached, OWN_CALL } from '../requests/own-call.js';

export interface WorkerLeaseOptions {
  readonly writes: Pick<ClientWrites, 'submit' | 'submitFor' | 'submitOwn'>;
  readonly access: Access;
  readonly lessor: Pick<Lessor, 'ask'>;
  readonly clock: Clock;
}

export interface Joining {
  readonly feed: string;
  readonly worker: string;
  readonly lease: bigint;
  readonly ttlSeconds: number;
}

/** Renewals within one TTL, so that one or two may fail. The TTL is bounded: see `FEED_TTL_MAX_SECONDS`. */
const RENEWALS_PER_TTL = 3;

/** The membership of a worker in a feed, for as long as this member serves it: a lease that this member renews. */
export class WorkerLease {
  readonly #options: WorkerLeaseOptions;
  readonly #joining: Joining;
  readonly #user: CallUser | undefined;
  #cancelTick: Cancel | undefined;
  #asking = false;
  #ended = false;

  constructor(call: CallContext, joining: Joining, options: WorkerLeaseOptions) {
    this.#options = options;
    this.#joining = joining;
    this.#user = options.access.userOf(call);
  }

  /** Joins the feed. Resolves with the reason if that fails. */
  join(call: CallContext): Promise<Status | undefined> {
    const { feed, worker, lease, ttlSeconds } = this.#joining;
    const request = raftkv.FeedJoin.encode({ feed, worker, lease: wireLeaseId(lease), ttl: ttlSeconds }).finish();
    return new Promise((resolve) => {
      this.#options.writes.submit({
        // If the caller leaves meanwhile, the outcome is still needed.
        call: detached(call),
        kind: 'feedJoin',
        request,
        spaceBytes: 0,
        done: (outcome) => {
          if (outcome.kind === 'failed') return resolve(outcome.status);
          const { result } = outcome;
          if (result.kind === 'error') return resolve(statusOf(result.error));
          this.#tickLater();
          resolve(undefined);
        },
      });
    });
  }

  /** Leaves the feed: its partitions go to other workers. If that fails, they do when the lease expires. */
  leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTick?.();
    const ID = wireLeaseId(this.#joining.lease);
    const submission = {
      call: OWN_CALL,
      kind: 'leaseRevoke',
      request: etcdserverpb.LeaseRevokeRequest.encode({ ID }).finish(),
      done: () => undefined, // the lease expires otherwise
    } as const;
    if (this.#user === undefined) this.#options.writes.submitOwn(submission);
    else this.#options.writes.submitFor(this.#user, submission);
  }

  #tickLater(): void {
    if (this.#ended) return;
    const { clock } = this.#options;
    this.#cancelTick = clock.timeout((this.#joining.ttlSeconds * 1000) / RENEWALS_PER_TTL, () => {
      this.#renew();
      this.#tickLater();
    });
  }

  /** A failed renewal is tried again at the next tick; a lease that is gone has taken the worker out of the feed. */
  #renew(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#options.lessor.ask(OWN_CALL, { id: this.#joining.lease, renew: true }, () => (this.#asking = false));
  }
}
