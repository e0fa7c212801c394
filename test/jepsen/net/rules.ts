import type { Span } from './span.js';

/** What happens to bytes on the way from one party to another. Without a rule they pass at once. */
export interface Rule {
  /**
   * Nothing arrives. Connections stay open, and bytes wait in both systems as they do in a network that drops packets; they
   * arrive late if the rule ends before the connection does. Neither does the end of a connection arrive.
   */
  readonly hold?: boolean;
  /** Connections are reset at once, and new ones as soon as they are made: a firewall that rejects. */
  readonly reset?: boolean;
  /** Delay of each chunk, in ms. The order within a connection is kept, as TCP does. */
  readonly delayMs?: Span;
  /** Delay of all chunks of one connection, drawn anew every second: messages on several connections overtake each other. */
  readonly connectionDelayMs?: Span;
  /** Chunks that wait like a lost packet that is sent again: how many of them, and how long. */
  readonly stall?: { readonly probability: number; readonly ms: Span };
  /** Chunks that end their connection with a reset: how many of them. */
  readonly breakProbability?: number;
}

/** What rules did. */
export interface RuleCounts {
  /** Chunks and connections that a `hold` stopped. */
  held: number;
  /** Connections that were reset. */
  reset: number;
  /** Chunks that were delayed or stalled. */
  delayed: number;
  /** Connections that were replayed. */
  replayed: number;
}

/** The rules of all directed pairs of parties: members by name, and `clients`. */
export class Rules {
  readonly #rules = new Map<string, Rule>();
  readonly #listeners = new Set<() => void>();
  readonly counts: RuleCounts = { held: 0, reset: 0, delayed: 0, replayed: 0 };

  get(from: string, to: string): Rule {
    return this.#rules.get(`${from} ${to}`) ?? NONE;
  }

  /** Replaces the rule of one direction. */
  set(from: string, to: string, rule: Rule): void {
    this.#rules.set(`${from} ${to}`, rule);
    this.#changed();
  }

  /** Removes the rule of one direction. */
  remove(from: string, to: string): void {
    this.#rules.delete(`${from} ${to}`);
    this.#changed();
  }

  clear(): void {
    this.#rules.clear();
    this.#changed();
  }

  /** Calls `listener` after each change. @returns a function that ends it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const NONE: Rule = {};
