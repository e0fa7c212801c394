import type { ReadResult } from '../../kv/store.js';
import type { AppliedWaiters, Ticket } from '../../node/loop/applied-waiters.js';
import type { RaftNode } from '../../node/node.js';
import type { NodeFreshness } from '../../node/status.js';
import type { Clock } from '../../ports/clock.js';
import { NONE } from '../../raft/types.js';
import type { UnaryCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { assertNever } from '../../util/assert.js';
import { Errors, statusOf, tooStale } from './errors.js';
import type { Headers } from './header.js';
import type { PendingCall, PendingCalls } from './pending.js';
import { freshnessTrailers, type ReadOptions } from './read-level.js';

/** Evaluates a read against the store's published state, in the same turn if possible. */
export type Evaluate = () => ReadResult | Promise<ReadResult>;

export interface ReaderOptions {
  readonly node: Pick<RaftNode, 'read' | 'isCurrent' | 'status' | 'freshness' | 'leaderIsLost'>;
  readonly headers: Headers;
  readonly pending: PendingCalls;
  readonly clock: Clock;
  readonly revision: () => number;
  readonly revisionWaiters: AppliedWaiters;
  /** Reads that may wait for a revision; further ones are refused. */
  readonly revisionWaitsMax: number;
  readonly onFatal: (error: unknown) => void;
}

/** Options of a read in progress; `freshSinceMs` is the time of its arrival, if its level required a wait. */
type ReadWait = ReadOptions & { readonly freshSinceMs?: number };

/** What a read waits for. */
interface Stage {
  /** See PendingCall. */
  readonly patient: boolean;
  /** Continues with a read whose wait has ended well. */
  next(read: WaitingRead): void;
  /** Why a read waited in vain. */
  reason(): Status;
  /** Called once when a wait ends, for whatever reason. */
  ended(): void;
}

/** A read that waits, for the node or a revision. */
class WaitingRead implements Ticket, PendingCall {
  abandoned = false;
  readonly call: UnaryCall;
  readonly options: ReadWait;
  readonly evaluate: Evaluate;
  readonly #stage: Stage;
  readonly #pending: PendingCalls;

  constructor(
    { stage, pending }: { readonly stage: Stage; readonly pending: PendingCalls },
    { call, options, evaluate }: { readonly call: UnaryCall; readonly options: ReadWait; readonly evaluate: Evaluate },
  ) {
    this.#stage = stage;
    this.#pending = pending;
    this.call = call;
    this.options = options;
    this.evaluate = evaluate;
  }

  get patient(): boolean {
    return this.#stage.patient;
  }

  ready(): void {
    if (!this.#pending.remove(this)) return;
    this.#stage.ended();
    this.#stage.next(this);
  }

  expire(why: 'timeout' | 'cancelled' | 'stopped'): void {
    this.abandoned = true;
    this.#stage.ended();
    this.call.fail(why === 'stopped' ? Errors.stopped : this.#stage.reason());
  }
}

/** Serves reads at their level: waits until this member's state is fresh enough, and then answers from it. */
export class Reader {
  /** Reads that could not be confirmed: in time, or for want of a leader. */
  readonly counts = { slow: 0, failed: 0 };
  readonly #options: ReaderOptions;
  readonly #level: { readonly stage: Stage; readonly pending: PendingCalls };
  readonly #revision: { readonly stage: Stage; readonly pending: PendingCalls };
  #revisionWaits = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    const { node, pending } = options;
    this.#level = {
      pending,
      stage: {
        patient: false,
        next: ({ call, options: wanted, evaluate }) => this.#afterRevision(call, wanted, evaluate),
        reason: () => {
          const leaderless = node.status().leader === NONE;
          if (leaderless) this.counts.failed += 1;
          else this.counts.slow += 1;
          return leaderless ? Errors.noLeader : Errors.timeout;
        },
        ended: () => undefined,
      },
    };
    this.#revision = {
      pending,
      stage: {
        patient: true,
        next: ({ call, options: wanted, evaluate }) => this.#answer(call, wanted, evaluate),
        reason: () => Errors.timeoutApplying,
        ended: () => void this.#revisionWaits--,
      },
    };
  }

  serve(call: UnaryCall, options: ReadOptions, evaluate: Evaluate): void {
    if (options.level === 'stale') return this.#afterRevision(call, options, evaluate);
    const { node, pending } = this.#options;
    if (node.leaderIsLost) {
      this.counts.failed += 1;
      return call.fail(Errors.noLeader);
    }
    // The time is taken only for reads that ask for the freshness of their answer.
    const wanted =
      options.extended || options.trailers ? { ...options, freshSinceMs: this.#options.clock.now() } : options;
    // The usual case of the level `default`, which then needs no ticket.
    if (options.level === 'default' && node.isCurrent) return this.#afterRevision(call, wanted, evaluate);
    const read = new WaitingRead(this.#level, { call, options: wanted, evaluate });
    const state = node.read(options.level, read);
    switch (state) {
      case 'now':
        return this.#afterRevision(call, wanted, evaluate);
      case 'waiting':
        return pending.add(read);
      case 'full':
        return call.fail(Errors.tooManyRequests);
      case 'stopped':
        return call.fail(Errors.stopped);
      default:
        return assertNever(state);
    }
  }

  /** Waits for the revision that the caller has seen, so that it reads the same or a later one from any member. */
  #afterRevision(call: UnaryCall, options: ReadWait, evaluate: Evaluate): void {
    if (this.#options.revision() >= options.atLeastRevision) return this.#answer(call, options, evaluate);
    if (this.#revisionWaits >= this.#options.revisionWaitsMax) return call.fail(Errors.tooManyRequests);
    this.#revisionWaits++;
    const read = new WaitingRead(this.#revision, { call, options, evaluate });
    this.#options.revisionWaiters.add(options.atLeastRevision, read);
    this.#options.pending.add(read);
  }

  /** Makes the answer, once the caller's connection has room for it. */
  #answer(call: UnaryCall, options: ReadWait, evaluate: Evaluate): void {
    const make = (): Promise<void> | undefined => this.#make(call, options, evaluate);
    if (call.answerRoom === undefined) void make();
    else call.answerRoom.admit(call, make);
  }

  /** @returns undefined if the answer was made in this turn */
  #make(call: UnaryCall, options: ReadWait, evaluate: Evaluate): Promise<void> | undefined {
    const { maxStalenessMs } = options;
    // Freshness and answer are taken in one turn, so that they are of the same state.
    const freshness =
      options.extended || options.trailers || maxStalenessMs !== undefined ? this.#freshness(options) : undefined;
    if (maxStalenessMs !== undefined && !((freshness?.stalenessMs ?? Infinity) <= maxStalenessMs)) {
      const age = freshness?.stalenessMs;
      const known = age === undefined ? 'of unknown age' : `up to ${Math.ceil(age)} ms old`;
      call.fail(tooStale(`this member's state is ${known}, more than ${maxStalenessMs} ms`));
      return undefined;
    }
    const finish = (result: ReadResult): void => {
      if (result.kind === 'error') return call.fail(statusOf(result.error));
      const { headers } = this.#options;
      const body = headers.inFrontOf(result.body, result.revision, options.extended ? freshness : undefined);
      call.respond(body, options.trailers && freshness !== undefined ? freshnessTrailers(freshness) : undefined);
    };
    try {
      const result = evaluate();
      if (result instanceof Promise) return result.then(finish, (error: unknown) => this.#broken(call, error));
      finish(result);
    } catch (error) {
      this.#broken(call, error);
    }
    return undefined;
  }

  /** A read that waited for its level is at least as fresh as the time of its arrival. */
  #freshness(options: ReadWait): NodeFreshness {
    const freshness = this.#options.node.freshness();
    if (options.freshSinceMs === undefined) return freshness;
    const waitedMs = this.#options.clock.now() - options.freshSinceMs;
    return { ...freshness, stalenessMs: Math.min(freshness.stalenessMs ?? Infinity, waitedMs) };
  }

  /** The store could not be read, so the member must stop. */
  #broken(call: UnaryCall, error: unknown): void {
    call.fail(Errors.stopped);
    this.#options.onFatal(error);
  }
}
