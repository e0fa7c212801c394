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

/** Where a rule is from. Those of both layers are in effect at the same time, and where they contradict each other a cut wins. */
export type Layer = 'cut' | 'link';

/** What rules did. */
export interface RuleCounts {
  /** Chunks and connections that a `hold` stopped. */
  held: number;
  /** Connections that a `reset` ended. */
  reset: number;
  /** Connections that broke by chance. */
  broken: number;
  /** Chunks that were delayed or stalled. */
  delayed: number;
  /** Connections that were replayed. */
  replayed: number;
}

/** The rules of all directed pairs of parties: members by name, and `clients`. */
export class Rules {
  readonly #layers: Readonly<Record<Layer, Map<string, Rule>>> = { cut: new Map(), link: new Map() };
  readonly #listeners = new Set<() => void>();
  readonly counts: RuleCounts = { held: 0, reset: 0, broken: 0, delayed: 0, replayed: 0 };

  get(from: string, to: string): Rule {
    const { cut, link } = this.#layers;
    const direction = `${from} ${to}`;
    const ofCut = cut.get(direction);
    const ofLink = link.get(direction) ?? NONE;
    return ofCut === undefined ? ofLink : { ...ofLink, ...ofCut };
  }

  /** Replaces the rule that one direction has in a layer. */
  set(from: string, to: string, rule: Rule, layer: Layer = 'link'): void {
    this.#layers[layer].set(`${from} ${to}`, rule);
    this.#changed();
  }

  /** Removes the rule that one direction has in a layer. */
  remove(from: string, to: string, layer: Layer = 'link'): void {
    this.#layers[layer].delete(`${from} ${to}`);
    this.#changed();
  }

  clear(): void {
    for (const rules of Object.values(this.#layers)) rules.clear();
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
