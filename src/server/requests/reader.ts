import type { ReadResult } from '../../kv/store.js';
import type { AppliedWaiters, Ticket } from '../../node/loop/applied-waiters.js';
import type { RaftNode } from '../../node/node.js';
import type { NodeFreshness } from '../../node/status.js';
import type { Clock } from '../../ports/clock.js';
import { NONE } from '../../raft/types.js';
import type { AnswerToMake } from '../../rpc/answer-room.js';
import type { UnaryCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { assertNever } from '../../util/assert.js';
import { Errors, statusOf, tooStale } from './errors.js';
import type { Headers } from './header.js';
import type { PendingCall, PendingCalls } from './pending.js';
import { freshnessTrailers, type ReadOptions } from './read-level.js';

/** A read that its caller may not make. */
export interface RefusedRead {
  readonly kind: 'refused';
  readonly status: Status;
}

/** Evaluates a read against the store's published state, in the same turn if possible. */
export type Evaluate = () => ReadResult | RefusedRead | Promise<ReadResult | RefusedRead>;

export interface ReaderOptions {
  readonly node: Pick<RaftNode, 'read' | 'status' | 'freshness' | 'leaderIsLost'>;
  readonly headers: Headers;
  readonly pending: PendingCalls;
  readonly clock: Clock;
  readonly revision: () => number;
  readonly revisionWaiters: AppliedWaiters;
  /** Reads that may wait for a revision; further ones are refused. */
  readonly revisionWaitsMax: number;
  readonly onFatal: (error: unknown) => void;
}

/** What a read waits for. */
interface Stage {
  /** See PendingCall. */
  readonly patient: boolean;
  /** Continues with a read whose wait has ended well. */
  next(read: Read): void;
  /** Why a read waited in vain. */
  reason(): Status;
  /** Called once when a wait ends, for whatever reason. */
  ended(): void;
}

/** What the reads of a member share. */
interface Shared {
  readonly pending: PendingCalls;
  readonly make: (read: Read) => Promise<void> | undefined;
}

/** A read in progress. It is a single object, whatever it waits for: reads are the most frequent calls. */
class Read implements Ticket, PendingCall, AnswerToMake {
  abandoned = false;
  place = -1;
  readonly isBrief: boolean;
  readonly call: UnaryCall;
  readonly options: ReadOptions;
  readonly evaluate: Evaluate;
  /** The time of its arrival, if its level required a wait; taken only if it asks for the freshness of its answer. */
  freshSinceMs: number | undefined;
  /** Undefined while it waits for nothing but room for its answer. */
  stage: Stage | undefined;
  readonly #shared: Shared;

  constructor(
    shared: Shared,
    { call, options, evaluate, isBrief }: Pick<Read, 'call' | 'options' | 'evaluate' | 'isBrief'>,
  ) {
    this.#shared = shared;
    this.call = call;
    this.options = options;
    this.evaluate = evaluate;
    this.isBrief = isBrief;
  }

  get patient(): boolean {
    return this.stage?.patient === true;
  }

  ready(): void {
    if (!this.#shared.pending.remove(this)) return;
    const { stage } = this;
    stage?.ended();
    stage?.next(this);
  }

  expire(why: 'timeout' | 'cancelled' | 'stopped'): void {
    this.abandoned = true;
    this.stage?.ended();
    this.call.fail(why === 'stopped' || this.stage === undefined ? Errors.stopped : this.stage.reason());
  }

  make(): Promise<void> | undefined {
    return this.#shared.make(this);
  }
}

/** Serves reads at their level: waits until this member's state is fresh enough, and then answers from it. */
export class Reader {
  /** Reads that could not be confirmed: in time, or for want of a leader. */
  readonly counts = { slow: 0, failed: 0 };
  readonly #options: ReaderOptions;
  readonly #shared: Shared;
  readonly #level: Stage;
  readonly #revision: Stage;
  #revisionWaits = 0;
  #turnEnd: Promise<void> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    const { node, pending } = options;
    this.#shared = { pending, make: (read) => this.#make(read) };
    this.#level = {
      patient: false,
      next: (read) => this.#afterRevision(read),
      reason: () => {
        const leaderless = node.status().leader === NONE;
        if (leaderless) this.counts.failed += 1;
        else this.counts.slow += 1;
        return leaderless ? Errors.noLeader : Errors.timeout;
      },
      ended: () => undefined,
    };
    this.#revision = {
      patient: true,
      next: (read) => this.#answer(read),
      reason: () => Errors.timeoutApplying,
      ended: () => void this.#revisionWaits--,
    };
  }

  /** @param isBrief whether it is evaluated in one turn */
  serve(call: UnaryCall, options: ReadOptions, evaluate: Evaluate, isBrief = false): void {
    const read = new Read(this.#shared, { call, options, evaluate, isBrief });
    if (options.level === 'stale') return this.#afterRevision(read);
    const { node, pending, clock } = this.#options;
    if (node.leaderIsLost) {
      this.counts.failed += 1;
      return call.fail(Errors.noLeader);
    }
    if (options.extended || options.trailers) read.freshSinceMs = clock.now();
    read.stage = this.#level;
    const state = node.read(options.level, read);
    switch (state) {
      case 'now':
        return this.#afterRevision(read);
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
  #afterRevision(read: Read): void {
    const { atLeastRevision } = read.options;
    if (this.#options.revision() >= atLeastRevision) return this.#answer(read);
    if (this.#revisionWaits >= this.#options.revisionWaitsMax) return read.call.fail(Errors.tooManyRequests);
    this.#revisionWaits++;
    read.stage = this.#revision;
    this.#options.revisionWaiters.add(atLeastRevision, read);
    this.#options.pending.add(read);
  }

  /** Makes the answer, once the caller's connection has room for it. */
  #answer(read: Read): void {
    const { answerRoom } = read.call;
    if (answerRoom === undefined) void read.make();
    else answerRoom.admit(read);
  }

  /** @returns undefined if the answer was made in this turn */
  #make(read: Read): Promise<void> | undefined {
    const { call, options } = read;
    const { maxStalenessMs } = options;
    // Freshness and answer are taken in one turn, so that they are of the same state.
    const freshness =
      options.extended || options.trailers || maxStalenessMs !== undefined ? this.#freshness(read) : undefined;
    if (maxStalenessMs !== undefined && !((freshness?.stalenessMs ?? Infinity) <= maxStalenessMs)) {
      const age = freshness?.stalenessMs;
      const known = age === undefined ? 'of unknown age' : `up to ${Math.ceil(age)} ms old`;
      call.fail(tooStale(`this member's state is ${known}, more than ${maxStalenessMs} ms`));
      return undefined;
    }
    try {
      const result = read.evaluate();
      if (!(result instanceof Promise)) this.#respond(read, result, freshness);
      else {
        return result.then(
          (made) => this.#endOfTurn().then(() => this.#respond(read, made, freshness)),
          (error: unknown) => this.#broken(call, error),
        );
      }
    } catch (error) {
      this.#broken(call, error);
    }
    return undefined;
  }

  /**
   * Reads that wait for the engine end one by one, each in a callback of its own, and a write to the socket for each would
   * cost more than the read. Their answers leave together.
   */
  #endOfTurn(): Promise<void> {
    return (this.#turnEnd ??= new Promise((resolve) => {
      this.#options.clock.soon(() => {
        this.#turnEnd = undefined;
        resolve();
      });
    }));
  }

  #respond({ call, options }: Read, result: ReadResult | RefusedRead, known: NodeFreshness | undefined): void {
    if (result.kind === 'refused') return call.fail(result.status);
    if (result.kind === 'error') return call.fail(statusOf(result.error));
    const { headers } = this.#options;
    // The store publishes a state a moment before the node learns of it.
    const appliedIndex = Math.max(known?.appliedIndex ?? 0, result.appliedIndex);
    const freshness = known === undefined ? undefined : { ...known, appliedIndex };
    const body = headers.inFrontOf(result.body, result.revision, options.extended ? freshness : undefined);
    call.respond(body, options.trailers && freshness !== undefined ? freshnessTrailers(freshness) : undefined);
  }

  /** A read that waited for its level is at least as fresh as the time of its arrival. */
  #freshness({ freshSinceMs }: Read): NodeFreshness {
    const freshness = this.#options.node.freshness();
    if (freshSinceMs === undefined) return freshness;
    const waitedMs = this.#options.clock.now() - freshSinceMs;
    return { ...freshness, stalenessMs: Math.min(freshness.stalenessMs ?? Infinity, waitedMs) };
  }

  /** The store could not be read, so the member must stop. */
  #broken(call: UnaryCall, error: unknown): void {
    call.fail(Errors.stopped);
    this.#options.onFatal(error);
  }
}
