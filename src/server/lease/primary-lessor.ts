import type { Lease, LeaseChange } from '../../kv/store.js';
import type { Ticket } from '../../node/loop/applied-waiters.js';
import type { RaftNode } from '../../node/node.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { assertNever } from '../../util/assert.js';
import { Deadlines, type Ending } from './deadlines.js';
import { Expirer, type ExpiryOutcome } from './expirer.js';

/** A question about what only the leader knows of a lease. */
export interface LeaseQuestion {
  readonly id: bigint;
  /** It is to have its full time from now on. */
  readonly renew: boolean;
}

export type LeaseAnswer =
  | { readonly kind: 'found'; readonly ttlSeconds: number; readonly remainingMs: number }
  | { readonly kind: 'not-found' }
  /** Or no longer, or not for certain: whoever leads now has to be asked. */
  | { readonly kind: 'not-leader' };

export interface PrimaryLessorOptions {
  readonly clock: Clock;
  readonly node: Pick<RaftNode, 'read' | 'status'>;
  /** The term of the leadership. */
  readonly term: number;
  /** Those that there are when it begins. */
  readonly leases: Iterable<Lease>;
  /** Proposes the end of a lease that has run out in this term. */
  readonly expire: (lease: Lease, term: number, done: (outcome: ExpiryOutcome) => void) => void;
  /** A lease has its full time anew. */
  readonly onRenewed?: () => void;
}

interface Running extends Ending {
  readonly lease: Lease;
  /** It has run out, and its end is being proposed: nothing renews it any more. */
  due: boolean;
  gone: boolean;
  /** Who wants to renew it though it is due: what becomes of it, is told them. */
  waiting: Set<Asked> | undefined;
}

interface Asked extends Ticket {
  readonly done: (answer: LeaseAnswer) => void;
  /** The lease whose end it waits for. */
  waitsFor: Running | undefined;
}

/** A timer's longest delay, in ms; Node takes no more than 2^31−1. */
const TIMER_MS_MAX = 3_600_000;

/**
 * What a leader knows of the leases, for one leadership: when each of them ends, by its own monotonic clock. It begins by
 * giving every lease its full time, since it cannot know what its predecessor has promised; so none ends early. Whatever
 * it answers, and whatever it proposes, it does only after a proof that it still leads.
 */
export class PrimaryLessor {
  readonly term: number;
  readonly #options: PrimaryLessorOptions;
  readonly #leases = new Map<bigint, Running>();
  readonly #deadlines = new Deadlines<Running>();
  readonly #expirer: Expirer<Running>;
  readonly #asked = new Set<Asked>();
  /** What the expirer waits for. */
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

  /** Leases came and went, in the state that readers see. */
  changed(changes: readonly LeaseChange[]): void {
    for (const { kind, lease } of changes) {
      if (kind === 'granted') this.#begin(lease);
      else this.#end(lease);
    }
    this.#arm();
  }

  /** When a lease ends, by its clock, as far as it knows now. */
  endsMs(id: bigint): number | undefined {
    return this.#leases.get(id)?.endsMs;
  }

  /** Renewals that are held until it is known what becomes of their leases. */
  get renewalsHeld(): number {
    let waitingCount = 0;
    for (const { waiting } of this.#leases.values()) waitingCount += waiting?.size ?? 0;
    return waitingCount;
  }

  /** @returns what to call when nobody waits for the answer any more */
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

  /** The leadership is over: somebody else counts from now on. */
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
      // Its end may be in the log already. If it is lost there with the leadership, the lease goes on.
      (running.waiting ??= new Set()).add(asked);
      asked.waitsFor = running;
      return;
    }
    if (renew) {
      this.#deadlines.move(running, this.#fullTime(lease));
      this.#arm();
      this.#options.onRenewed?.();
    }
    const remainingMs = Math.max(0, running.endsMs - nowMs);
    this.#settle(asked, { kind: 'found', ttlSeconds: lease.ttlSeconds, remainingMs });
  }

  #settle(asked: Asked, answer: LeaseAnswer): void {
    if (this.#forget(asked)) asked.done(answer);
  }

  /** @returns whether somebody still waited */
  #forget(asked: Asked): boolean {
    asked.abandoned = true;
    asked.waitsFor?.waiting?.delete(asked);
    return this.#asked.delete(asked);
  }

  get #leads(): boolean {
    const { role, term } = this.#options.node.status();
    return !this.#ended && role === 'leader' && term === this.term;
  }

  /** Has it proven that this member led after this call, and all applied that was decided before. */
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

  /** One timer, for the lease that ends first. */
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
