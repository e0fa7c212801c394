import type { NodeId } from '../../raft/types.js';
import type { Random } from '../../util/random.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import type { Ticket } from '../loop/applied-waiters.js';

/** The levels that need an index from the leader. A `stale` read needs none. */
export type ReadLevel = 'default' | 'consistent';

interface Round {
  readonly level: ReadLevel;
  readonly tickets: Ticket[];
  ageTicks: number;
}

const LEVELS: readonly ReadLevel[] = ['consistent', 'default'];
const LEVEL_BYTE = { consistent: 1, default: 2 } as const;

/** The read level in the context of a ReadIndex: a leader may answer `default` from its lease. */
export function levelOfContext(context: Uint8Array): ReadLevel {
  return context[0] === LEVEL_BYTE.default ? 'default' : 'consistent';
}

export interface ReadQueueOptions {
  readonly self: NodeId;
  readonly random: Random;
  /** Bound on the waiting reads of each level; further ones are refused. */
  readonly readsMax: number;
  /** Ticks after which a round without an answer is repeated. */
  readonly retryTicks: number;
}

/**
 * Gathers reads into ReadIndex rounds (thesis, section 6.4). All waiting reads share one round, and a read joins only a
 * round that starts after it arrived. Each level has at most one round in progress. Contexts are unique across
 * restarts, so an answer to a round of an earlier start or leader matches nothing.
 */
export class ReadQueue {
  readonly #options: ReadQueueOptions;
  readonly #boot: number;
  #count = 0;
  readonly #waiting: Record<ReadLevel, Ticket[]> = { default: [], consistent: [] };
  readonly #underWay = new Map<string, Round>();

  constructor(options: ReadQueueOptions) {
    this.#options = options;
    this.#boot = Math.floor(options.random.next() * 2 ** 32);
  }

  get waiting(): boolean {
    return this.#waiting.default.length > 0 || this.#waiting.consistent.length > 0;
  }

  /** Whether a round waits for its answer. */
  get underWay(): boolean {
    return this.#underWay.size > 0;
  }

  /** Queues a read. @returns false if too many reads wait */
  add(level: ReadLevel, ticket: Ticket): boolean {
    const queue = this.#waiting[level];
    if (queue.length >= this.#options.readsMax) {
      this.#waiting[level] = queue.filter((waiting) => !waiting.abandoned);
      if (this.#waiting[level].length >= this.#options.readsMax) return false;
    }
    this.#waiting[level].push(ticket);
    return true;
  }

  /** Starts the rounds that can start now. @returns their contexts */
  start(): Uint8Array[] {
    const contexts: Uint8Array[] = [];
    for (const level of LEVELS) {
      if (this.#waiting[level].length === 0 || this.#isUnderWay(level)) continue;
      const tickets = this.#waiting[level].filter((ticket) => !ticket.abandoned);
      this.#waiting[level] = [];
      if (tickets.length === 0) continue;
      const context = this.#nextContext(level);
      this.#underWay.set(bytesToLatin1(context), { level, tickets, ageTicks: 0 });
      contexts.push(context);
    }
    return contexts;
  }

  /** Ends the round of an answer. @returns its reads; none if the round is unknown */
  answered(context: Uint8Array): readonly Ticket[] {
    const key = bytesToLatin1(context);
    const round = this.#underWay.get(key);
    if (round === undefined) return [];
    this.#underWay.delete(key);
    return round.tickets;
  }

  /** Counts a tick. A round whose request or answer may be lost is repeated. @returns whether there is one */
  tick(): boolean {
    let retry = false;
    for (const [key, round] of [...this.#underWay]) {
      round.ageTicks++;
      if (round.ageTicks < this.#options.retryTicks) continue;
      this.#giveUp(key, round);
      retry = true;
    }
    return retry;
  }

  /** Repeats all rounds under new contexts, after a change of leader or term. */
  restart(): void {
    for (const [key, round] of [...this.#underWay]) this.#giveUp(key, round);
  }

  #giveUp(key: string, round: Round): void {
    this.#underWay.delete(key);
    this.#waiting[round.level] = [...round.tickets, ...this.#waiting[round.level]];
  }

  #isUnderWay(level: ReadLevel): boolean {
    for (const round of this.#underWay.values()) if (round.level === level) return true;
    return false;
  }

  #nextContext(level: ReadLevel): Uint8Array {
    const context = new Uint8Array(21);
    const view = new DataView(context.buffer);
    view.setUint8(0, LEVEL_BYTE[level]);
    view.setFloat64(1, this.#options.self);
    view.setUint32(9, this.#boot);
    view.setFloat64(13, ++this.#count);
    return context;
  }
}
