/** Bounds the number of watches of a member, on all streams together. */
export class WatchBudget {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Returns false if there is no room for this number of watches. */
  take(weight: number): boolean {
    if (this.#taken + weight > this.#most) return false;
    this.#taken += weight;
    return true;
  }

  giveBack(weight: number): void {
    this.#taken -= weight;
  }
}
