/** Resources that a start has opened. They are closed, the last one first, if it fails later. */
export class Resources {
  readonly #closers: (() => Promise<void>)[] = [];

  /** @returns the resource */
  keep<T>(resource: T, close: () => Promise<void>): T {
    this.#closers.push(close);
    return resource;
  }

  /** Errors while closing are consequences: the error that failed the start is the one to report. */
  async closeAll(): Promise<void> {
    for (const close of this.#closers.reverse()) await close().catch(() => undefined);
  }
}
