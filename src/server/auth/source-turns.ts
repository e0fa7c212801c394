/** Work that waits, by the address that it comes from. The addresses take turns; the work of each is taken in order. */
export class SourceTurns<T> {
  /** In the order of their turns. */
  readonly #sources = new Map<string, T[]>();

  add(source: string, work: T): void {
    const own = this.#sources.get(source);
    if (own === undefined) this.#sources.set(source, [work]);
    else own.push(work);
  }

  /** The oldest work of the address whose turn it is, which comes last from then on; undefined if none waits. */
  take(): T | undefined {
    for (const [source, own] of this.#sources) {
      this.#sources.delete(source);
      const work = own.shift();
      if (own.length > 0) this.#sources.set(source, own);
      return work;
    }
    return undefined;
  }
}
