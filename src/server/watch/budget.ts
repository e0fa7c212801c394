/** How many watches a member keeps, on all streams together. */
export class WatchBudget {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  /** False: there is no room for so many more. */
  take(weight: number): boolean {
    if (this.#taken + weight > this.#most) return false;
    this.#taken += weight;
    return true;
  }

  giveBack(weight: number): void {
    this.#taken -= weight;
  }
}
