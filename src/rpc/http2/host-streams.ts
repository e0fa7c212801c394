/** Streams of one connection that are served however many there are on others. */
const OWN_MIN = 16;

/**
 * The open streams of all connections of a host. Each costs memory, some 2 KB without its messages: beyond a number, connections
 * that have more than a few open no more.
 */
export class HostStreams {
  readonly #max: number;
  #open = 0;

  /** @param max streams from which on busy connections are refused */
  constructor(max: number) {
    this.#max = max;
  }

  get open(): number {
    return this.#open;
  }

  /** Adds to the open streams, or subtracts from them. */
  count(change: number): void {
    this.#open += change;
  }

  /** @param own open streams of the connection */
  refuses(own: number): boolean {
    return own >= OWN_MIN && this.#open >= this.#max;
  }
}
