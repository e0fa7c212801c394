import type { Lease, LeaseChange } from '../../kv/store.js';
import type { Ticket } from '../../node/loop/applied-waiters.js';
import type { RaftNode } from '../../node/node.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { assertNever } from '../../util/assert.js';
import { Deadlines, type Ending } from './deadlines.js';
import { Expirer, type ExpiryOutcome } from './expirer.js';

/** A question that only the leader can answer. */
export interface LeaseQuestion {
  readonly id: bigint;
  /** Restart the lease's time. */
  readonly renew: boolean;
}

export type LeaseAnswer =
  | { readonly kind: 'found'; readonly ttlSeconds: number; readonly remainingMs: number }
  | { readonly kind: 'not-found' }
  /** The member does not lead, or cannot prove it: ask the present leader. */
  | { readonly kind: 'not-leader' };

export interface PrimaryLessorOptions {
  readonly clock: Clock;
  readonly node: Pick<RaftNode, 'read' | 'status'>;
  /** The term of the leadership. */
  readonly term: number;
  /** The leases at its start. */
  readonly leases: Iterable<Lease>;
  /** Proposes to end a lease that has expired in this term. */
  readonly expire: (lease: Lease, term: number, done: (outcome: ExpiryOutcome) => void) => void;
  /** Called after a renewal. */
  readonly onRenewed?: () => void;
}

interface Running extends Ending {
  readonly lease: Lease;
  /** It has expired and its end is proposed, so it is not renewed any more. */
  due: boolean;
  gone: boolean;
  /** Callers that want to renew it while its end is proposed. They get the outcome. */
  waiting: Set<Asked> | undefined;
}

interface Asked extends Ticket {
  readonly done: (answer: LeaseAnswer) => void;
  /** The expired lease whose outcome the caller waits for. */
  waitsFor: Running | undefined;
}

/** Longest delay of a timer, in ms; Node allows no more than 2^31−1. */
const TIMER_MS_MAX = 3_600_000;

/**
 * A leader's knowledge of the leases during one leadership: when each expires, by the leader's monotonic clock. At the
 * start every lease gets its full time, as the predecessor may have promised it, so none expires early. Every answer
 * and every proposal follows a proof that this member still leads.
 */
export class PrimaryLessor {
  readonly term: number;
  readonly #options: PrimaryLessorOptions;
  readonly #leases = new Map<bigint, Running>();
  readonly #deadlines = new Deadlines<Running>();
  readonly #expirer: Expirer<Running>;
  readonly #asked = new Set<Asked>();
  #order: object = {};
  /** Callbacks of the expirer. */
  #proof: Ticket | undefined;
  #timer: { readonly atMs: number; readonly cancel: Cancel } | undefined;
  #ended = false;

  constructor(options: PrimaryLessorOptions) {
    this.#options = options;
    this.term = options.term;
    this.#expirer = new Expirer({
      clock: options.clock,
      prove: (then) => this.#proveForExpirer(then),
      propose: ({ lease }, done) => options.expire(lease, options.term, done),
      isWanted: ({ gone }) => !gone,
    });
    for (const lease of options.leases) this.#begin(lease);
    this.#arm();
  }

  /** Leases were granted or revoked in the published state. */
  changed(changes: readonly LeaseChange[]): void {
    for (const { kind, lease } of changes) {
      if (kind === 'granted') this.#begin(lease);
      else this.#end(lease);
    }
    this.#arm();
  }

  /** When a lease expires, by this member's clock. */
  endsMs(id: bigint): number | undefined {
    return this.#leases.get(id)?.endsMs;
  }

  /** Another object after each renewal: leases expire in another order since. */
  get order(): object {
    return this.#order;
  }

  /** Number of renewals that wait for the outcome of an expiry. */
  get waitingRenewals(): number {
    let waitingCount = 0;
    for (const { waiting } of this.#leases.values()) waitingCount += waiting?.size ?? 0;
    return waitingCount;
  }

  /** @returns a function that cancels the question */
  ask(question: LeaseQuestion, done: (answer: LeaseAnswer) => void): () => void {
    const asked: Asked = {
      abandoned: false,
      done,
      waitsFor: undefined,
      ready: () => this.#answer(asked, question),
    };
    this.#asked.add(asked);
    this.#prove(asked, () => this.#settle(asked, { kind: 'not-leader' }));
    return () => void this.#forget(asked);
  }

  /** Ends the leadership: another member's clock counts from now on. */
  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#expirer.stop();
    if (this.#proof !== undefined) this.#proof.abandoned = true;
    for (const asked of this.#asked) this.#settle(asked, { kind: 'not-leader' });
  }

  #begin(lease: Lease): void {
    const endsMs = this.#fullTime(lease);
    const running: Running = { lease, endsMs, place: -1, due: false, gone: false, waiting: undefined };
    this.#leases.set(lease.id, running);
    this.#deadlines.add(running);
  }

  #end({ id }: Lease): void {
    const running = this.#leases.get(id);
    if (running === undefined) return;
    this.#leases.delete(id);
    this.#deadlines.remove(running);
    running.gone = true;
    for (const asked of [...(running.waiting ?? [])]) this.#settle(asked, { kind: 'not-found' });
  }

  #fullTime({ ttlSeconds }: Lease): number {
    return this.#options.clock.now() + ttlSeconds * 1000;
  }

  #answer(asked: Asked, { id, renew }: LeaseQuestion): void {
    if (!this.#leads) return this.#settle(asked, { kind: 'not-leader' });
    const running = this.#leases.get(id);
    if (running === undefined) return this.#settle(asked, { kind: 'not-found' });
    const nowMs = this.#options.clock.now();
    const { lease, due } = running;
    if (renew && (due || running.endsMs <= nowMs)) {
      // Its end may be in the log. If that entry is lost in a change of leader, the lease continues.
      (running.waiting ??= new Set()).add(asked);
      asked.waitsFor = running;
      return;
    }
    if (renew) {
      this.#deadlines.move(running, this.#fullTime(lease));
      this.#order = {};
      this.#arm();
      this.#options.onRenewed?.();
    }
    const remainingMs = Math.max(0, running.endsMs - nowMs);
    this.#settle(asked, { kind: 'found', ttlSeconds: lease.ttlSeconds, remainingMs });
  }

  #settle(asked: Asked, answer: LeaseAnswer): void {
    if (this.#forget(asked)) asked.done(answer);
  }

  /** @returns whether a caller still waited */
  #forget(asked: Asked): boolean {
    asked.abandoned = true;
    asked.waitsFor?.waiting?.delete(asked);
    return this.#asked.delete(asked);
  }

  get #leads(): boolean {
    const { role, term } = this.#options.node.status();
    return !this.#ended && role === 'leader' && term === this.term;
  }

  /** Proves that this member led after this call, and waits until all earlier entries are applied. */
  #prove(ticket: Ticket, refuse: () => void): void {
    const state = this.#options.node.read('default', ticket);
    switch (state) {
      case 'now':
        return ticket.ready();
      case 'waiting':
        return;
      case 'full':
      case 'stopped':
        return refuse();
      default:
        return assertNever(state);
    }
  }

  #proveForExpirer(then: (leads: boolean) => void): void {
    this.#proof = { abandoned: false, ready: () => then(this.#leads) };
    this.#prove(this.#proof, () => then(false));
  }

  /** Arms one timer, for the next lease to expire. */
  #arm(): void {
    const first = this.#deadlines.first;
    if (this.#ended || first === undefined) return;
    if (this.#timer !== undefined && this.#timer.atMs <= first.endsMs) return;
    this.#timer?.cancel();
    const { clock } = this.#options;
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(1, first.endsMs - clock.now()));
    const cancel = clock.timeout(delayMs, () => {
      this.#timer = undefined;
      this.#lookForEnds();
      this.#arm();
    });
    this.#timer = { atMs: first.endsMs, cancel };
  }

  #lookForEnds(): void {
    const nowMs = this.#options.clock.now();
    const due: Running[] = [];
    for (let first = this.#deadlines.first; first !== undefined; first = this.#deadlines.first) {
      if (first.endsMs > nowMs) break;
      this.#deadlines.remove(first);
      first.due = true;
      due.push(first);
    }
    this.#expirer.add(due);
  }
}
