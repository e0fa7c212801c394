import { etcdserverpb, type mvccpb } from '../../gen/proto.js';
import { wireLeaseId } from '../../kv/leases/leases.js';
import type { Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { defined } from '../../util/assert.js';
import { clampInteger } from '../../util/integer.js';
import type { CallUser } from '../requests/access.js';
import { Errors } from '../requests/errors.js';
import { detached } from '../requests/own-call.js';
import type { KeyChanges } from './key-changes.js';
import { LeaderWanted } from './leader-wanted.js';
import { CallFailure, rangeOf, type Found, type StoreCalls } from './store-calls.js';

const { CompareTarget } = etcdserverpb.Compare;
const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;

/** A key in a queue. The keys of one name are ordered by their create revisions. */
export interface Place {
  readonly prefix: Uint8Array;
  readonly key: Uint8Array;
  /** The revision that created the key: the fencing token. */
  readonly revision: number;
  /** Revision of the store when the place was taken. */
  readonly storeRevision: number;
  readonly value: Uint8Array;
  /** Whether the key is new. */
  readonly isNew: boolean;
  /** Who took the place; undefined for no one, or while authentication was off. */
  readonly user: CallUser | undefined;
}

/** etcd's text for a holder whose key is gone, usually with its lease. */
const SESSION_EXPIRED: Status = { code: Code.UNKNOWN, message: 'mutex: session is expired' };

/** Prefix of all keys of a name. */
export function prefixOf(name: Uint8Array): Uint8Array {
  return Buffer.concat([name, SLASH]);
}

/** The key of a lease in a name's queue, in etcd's format. */
export function keyOfLease(prefix: Uint8Array, lease: bigint): Uint8Array {
  return Buffer.concat([prefix, Buffer.from(lease.toString(16))]);
}

const SLASH = Buffer.from('/');
const AFTER_SLASH = Buffer.from('0');

/** The first key after all keys with the prefix, which ends with a slash. */
export function endOf(prefix: Uint8Array): Uint8Array {
  return Buffer.concat([prefix.subarray(0, prefix.length - 1), AFTER_SLASH]);
}

export function createdAt(key: Uint8Array, createRevision: number): etcdserverpb.Compare.$Properties {
  return { key, target: CompareTarget.CREATE, createRevision };
}

type QueueCalls = Pick<StoreCalls, 'txn' | 'userOf' | 'range' | 'fresh' | 'has' | 'leaderIsLost'>;

export interface QueuesOptions {
  readonly calls: QueueCalls;
  readonly changes: KeyChanges;
  readonly clock: Clock;
}

type Fail = (failure: CallFailure) => void;

/**
 * Queues of keys, as in etcd's recipes: each contender puts a key under its lease, and it is its turn when no older key
 * of the name exists. Each waits for the key right before its own, so that an end wakes one waiter and not all.
 */
export class Queues {
  readonly #calls: QueueCalls;
  readonly #changes: KeyChanges;
  readonly #leaderWanted: LeaderWanted;
  readonly #waiting = new Set<Fail>();
  #stopped = false;

  constructor({ calls, changes, clock }: QueuesOptions) {
    this.#calls = calls;
    this.#changes = changes;
    this.#leaderWanted = new LeaderWanted({ clock, isLost: () => calls.leaderIsLost });
  }

  /**
   * Takes the last place, or finds the one that the lease has already. A cancellation is handled once the place is
   * known: an unknown place would block those after it.
   */
  async join(
    call: CallContext,
    { name, lease, value }: { readonly name: Uint8Array; readonly lease: bigint; readonly value: Uint8Array },
  ): Promise<Place> {
    if (call.cancelled) throw new CallFailure(CANCELLED);
    const prefix = prefixOf(name);
    const key = keyOfLease(prefix, lease);
    // The token may end while the call waits.
    const user = this.#calls.userOf(call);
    const { response, revision: storeRevision } = await this.#calls.txn(detached(call), {
      compare: [createdAt(key, 0)],
      success: [{ requestPut: { key, value, lease: wireLeaseId(lease) } }],
      failure: [{ requestRange: { key } }],
    });
    if (response.succeeded) return { prefix, key, revision: storeRevision, storeRevision, value, isNew: true, user };
    const existing = defined(rangeOf(response, 0)[0], 'the key that was there');
    const revision = clampInteger(existing.createRevision);
    return { prefix, key, revision, storeRevision, value: existing.value ?? value, isNew: false, user };
  }

  /**
   * Resolves once no older key of the name exists. If the answer cannot reach the caller, the place is given up, unless
   * it existed before.
   * @returns whether it had to wait
   */
  async turn(call: CallContext, place: Place): Promise<boolean> {
    try {
      const waited = await this.#untilFirst(call, place);
      // This member may have been behind, and may not know yet that the lease has ended.
      if (waited) await this.#confirm(call, place);
      if (call.cancelled) throw new CallFailure(CANCELLED);
      return waited;
    } catch (error) {
      if (place.isNew && !this.#stopped && this.#calls.has(place.key, place.revision)) await this.#giveUp(call, place);
      throw error;
    }
  }

  /** @returns whether it had to wait */
  async #untilFirst(call: CallContext, place: Place): Promise<boolean> {
    let cancel: (failure: CallFailure) => void = () => undefined;
    call.onCancel(() => cancel(new CallFailure(CANCELLED)));
    for (let waited = false; ; waited = true) {
      const before = await this.#before(call, place);
      if (call.cancelled) throw new CallFailure(CANCELLED);
      if (before === undefined) return waited;
      await this.#change(call, { place, before }, (fail) => (cancel = fail));
    }
  }

  /** Checks that the place still exists after all acknowledged writes. @throws CallFailure if it does not */
  async #confirm(call: CallContext, { key, revision }: Place): Promise<void> {
    await this.#calls.fresh(call);
    if (!this.#calls.has(key, revision)) throw new CallFailure(SESSION_EXPIRED);
  }

  /** The oldest key of a name. */
  first(call: CallContext, prefix: Uint8Array): Promise<Found> {
    return this.#byAge(call, prefix, { sortOrder: SortOrder.ASCEND });
  }

  /** Ends all waits. */
  stop(): void {
    this.#stopped = true;
    this.#leaderWanted.stop();
    for (const end of [...this.#waiting]) end(new CallFailure(Errors.stopped));
  }

  async #before(call: CallContext, { prefix, revision }: Place): Promise<mvccpb.KeyValue.$Properties | undefined> {
    const older = { sortOrder: SortOrder.DESCEND, maxCreateRevision: revision - 1 };
    return (await this.#byAge(call, prefix, older)).kvs[0];
  }

  #byAge(call: CallContext, prefix: Uint8Array, options: etcdserverpb.RangeRequest.$Properties): Promise<Found> {
    return this.#calls.range(call, {
      key: prefix,
      rangeEnd: endOf(prefix),
      limit: 1,
      sortTarget: SortTarget.CREATE,
      ...options,
    });
  }

  /** Resolves once the key before this place may be gone. */
  #change(
    call: CallContext,
    { place, before }: { readonly place: Place; readonly before: mvccpb.KeyValue.$Properties },
    onBegun: (fail: (failure: CallFailure) => void) => void,
  ): Promise<void> {
    const beforeKey = defined(before.key, 'the key of a version');
    const calls = this.#calls;
    return new Promise((resolve, reject) => {
      const fail = (failure: CallFailure): void => end(() => reject(failure));
      const look = (): void => {
        if (!calls.has(place.key, place.revision)) fail(new CallFailure(SESSION_EXPIRED));
        else if (!calls.has(beforeKey, clampInteger(before.createRevision))) end(resolve);
      };
      const ends = [
        this.#changes.onKey(beforeKey, look),
        this.#changes.onKey(place.key, look),
        this.#leaderWanted.follow(call, () => fail(new CallFailure(Errors.noLeader))),
      ];
      const end = (settle: () => void): void => {
        for (const leave of ends) leave();
        this.#waiting.delete(fail);
        settle();
      };
      this.#waiting.add(fail);
      if (this.#stopped) return fail(new CallFailure(Errors.stopped));
      onBegun(fail);
      // It may have changed since it was read.
      look();
    });
  }

  /** For the user who took the place, although the call has ended, and the token may have. */
  async #giveUp(call: CallContext, { key, revision, user }: Place): Promise<void> {
    try {
      const withdrawal = {
        compare: [createdAt(key, revision)],
        success: [{ requestDeleteRange: { key } }],
      };
      await this.#calls.txn(detached(call), withdrawal, user);
    } catch (error) {
      // Without a leader, or if the user has lost its permission, the place cannot be given up. Its key ends with the lease, and no caller waits for the result.
      if (!(error instanceof CallFailure)) throw error;
    }
  }
}

/** A status that no client sees, as the call was cancelled. */
const CANCELLED: Status = { code: Code.CANCELLED, message: 'the call was cancelled' };
