/** Work that waits, by its owner. The owners take turns; the work of each is taken in order. */
export class OwnerTurns<Owner, Work> {
  /** In the order of their turns. */
  readonly #owners = new Map<Owner, Work[]>();

  add(owner: Owner, work: Work): void {
    const own = this.#owners.get(owner);
    if (own === undefined) this.#owners.set(owner, [work]);
    else own.push(work);
  }

  /** The oldest work of the owner whose turn it is, which comes last from then on; undefined if none waits. */
  take(): Work | undefined {
    for (const [owner, own] of this.#owners) {
      this.#owners.delete(owner);
      const work = own.shift();
      if (own.length > 0) this.#owners.set(owner, own);
      return work;
    }
    return undefined;
  }
}
