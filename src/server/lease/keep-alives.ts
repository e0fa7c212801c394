import { etcdserverpb } from '../../gen/proto.js';
import { wireLeaseId } from '../../kv/leases/leases.js';
import type { KvStore } from '../../kv/store.js';
import { stream, type Method, type StreamCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { toBigInt } from '../../util/integer.js';
import { REFUSALS, type Access } from '../requests/access.js';
import { CheckedCall } from '../requests/checked-call.js';
import { Errors } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import { KeyChecks } from './key-checks.js';
import type { Lessor, LeaseOutcome } from './lessor.js';

const { LeaseKeepAliveRequest, LeaseKeepAliveResponse } = etcdserverpb;
type Call = StreamCall<etcdserverpb.LeaseKeepAliveRequest>;

/** Bound on the requests of one stream in progress. Further ones wait in the client's flow-control window. */
const UNDER_WAY_MAX = 256;

export interface KeepAlivesOptions {
  readonly lessor: Pick<Lessor, 'ask'>;
  readonly store: Pick<KvStore, 'holdLeasedKeys'>;
  readonly access: Access;
  readonly onFatal: (error: unknown) => void;
  readonly headers: Headers;
  readonly revision: () => number;
}

/**
 * Lease.LeaseKeepAlive: one stream renews any number of leases, and is answered in the order of its requests. As in etcd
 * 3.5.30, a user needs permission to write all keys of a lease: whoever renews it keeps them alive.
 */
export class KeepAlives {
  readonly #options: KeepAlivesOptions;
  readonly #checks: KeyChecks;
  readonly #streams = new Set<KeepAliveStream>();
  #stopped = false;

  constructor(options: KeepAlivesOptions) {
    this.#options = options;
    this.#checks = new KeyChecks(options.store);
  }

  method(): Method {
    return stream('bidi', {
      path: '/etcdserverpb.Lease/LeaseKeepAlive',
      decode: (body) => LeaseKeepAliveRequest.decode(body),
      handle: (call: Call) => this.#begin(call),
    });
  }

  /** Ends all streams, and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    for (const one of this.#streams) one.stop();
  }

  #begin(call: Call): void {
    if (this.#stopped) return call.fail(Errors.stopped);
    const checked: CheckedCall = new CheckedCall(call as unknown as StreamCall<never>, (request, done) => {
      this.#check(call, request as etcdserverpb.LeaseKeepAliveRequest, (refused) => {
        if (refused === undefined) done(undefined);
        // By its position a client knows which lease was refused.
        else one.afterAnswers(() => done(refused));
      });
    });
    const one = new KeepAliveStream(checked as Call, this.#options, () => this.#streams.delete(one));
    this.#streams.add(one);
    one.start();
  }

  #check(call: Call, { ID }: etcdserverpb.LeaseKeepAliveRequest, done: (refused: Status | undefined) => void): void {
    const { access, onFatal } = this.#options;
    // Root, and everyone while authentication is off, passes in this turn.
    if (!access.enabled || access.refusal({ call, permits: ({ isRoot }) => isRoot }) === undefined)
      return done(undefined);
    const id = toBigInt(ID);
    access
      .confirmLater(call, () => this.#refusal(call, id))
      .then(done, (error: unknown) => {
        done(Errors.stopped);
        onFatal(error);
      });
  }

  async #refusal(call: Call, id: bigint): Promise<Status | undefined> {
    const { access } = this.#options;
    if (!access.enabled) return undefined;
    const rights = access.rightsOf(call);
    if (!('kind' in rights)) return rights;
    if (rights.isRoot) return undefined;
    const holds = await this.#checks.hold(id, rights.write);
    // The keys may be of a later state than the rights: then both are checked again.
    const latest = access.enabled ? access.rightsOf(call) : undefined;
    if (latest === undefined || !('kind' in latest) || latest.write !== rights.write) return this.#refusal(call, id);
    return holds ? undefined : REFUSALS.denied;
  }
}

/** A request's position among the responses, with its response once there is one. */
interface Slot {
  answer: Uint8Array | undefined;
}

class KeepAliveStream {
  readonly #call: Call;
  readonly #options: KeepAlivesOptions;
  readonly #onOver: () => void;
  readonly #slots: Slot[] = [];
  /** Waits until all requests are answered. */
  #afterAnswers: (() => void) | undefined;
  /** Whether the client does not read its responses. */
  #full = false;
  #callerIsDone = false;
  #over = false;

  constructor(call: Call, options: KeepAlivesOptions, onOver: () => void) {
    this.#call = call;
    this.#options = options;
    this.#onOver = onOver;
  }

  start(): void {
    this.#call.onCancel(() => this.#end());
    this.#call.onDrain(() => {
      this.#full = false;
      this.#flush();
    });
    this.#call.onEnd(() => {
      this.#callerIsDone = true;
      this.#flush();
    });
    this.#call.onMessage((request) => this.#renew(request));
  }

  /** Calls back once all requests so far are answered; never if the stream ends before. No request may follow until then. */
  afterAnswers(callback: () => void): void {
    if (this.#slots.length === 0) callback();
    else this.#afterAnswers = callback;
  }

  stop(): void {
    if (!this.#over) this.#call.fail(Errors.stopped);
    this.#end();
  }

  #renew({ ID }: etcdserverpb.LeaseKeepAliveRequest): void {
    if (this.#over) return;
    const { lessor, headers, revision } = this.#options;
    const id = toBigInt(ID);
    const slot: Slot = { answer: undefined };
    this.#slots.push(slot);
    if (this.#slots.length >= UNDER_WAY_MAX) this.#call.pause();
    // As in etcd, the header has the revision from before the renewal.
    const asked = revision();
    lessor.ask(this.#call, { id, renew: true }, (outcome) => {
      if (this.#over) return;
      if (outcome.kind === 'failed') {
        this.#call.fail(outcome.status);
        this.#end();
        return;
      }
      slot.answer = headers.prepend(asked, encodeAnswer(id, outcome));
      this.#flush();
    });
  }

  /** Sends responses, up to the first that is missing. */
  #flush(): void {
    const wasFull = this.#slots.length >= UNDER_WAY_MAX;
    while (!this.#full && !this.#over) {
      const answer = this.#slots[0]?.answer;
      if (answer === undefined) break;
      this.#slots.shift();
      this.#full = !this.#call.send(answer);
    }
    if (this.#over) return;
    if (this.#slots.length === 0 && this.#afterAnswers !== undefined) {
      const callback = this.#afterAnswers;
      this.#afterAnswers = undefined;
      return callback();
    }
    if (wasFull && this.#slots.length < UNDER_WAY_MAX) this.#call.resume();
    if (this.#callerIsDone && this.#slots.length === 0) {
      this.#call.end();
      this.#end();
    }
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver();
  }
}

/** A missing lease is not an error: TTL 0. */
function encodeAnswer(id: bigint, outcome: Exclude<LeaseOutcome, { readonly kind: 'failed' }>): Uint8Array {
  const TTL = outcome.kind === 'found' ? outcome.ttlSeconds : 0;
  return LeaseKeepAliveResponse.encode({ ID: wireLeaseId(id), TTL }).finish();
}
