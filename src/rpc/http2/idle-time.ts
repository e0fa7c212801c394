import type { StreamTable } from './stream-table.js';

/** Measures how long a connection has had no stream, at the checks of its time limits: streams are not watched for it. */
export class IdleTime {
  readonly #idleMs: number;
  readonly #streams: StreamTable;
  #sinceMs: number;
  #lastId = 0;

  constructor(idleMs: number, streams: StreamTable, nowMs: number) {
    this.#idleMs = idleMs;
    this.#streams = streams;
    this.#sinceMs = nowMs;
  }

  /** @returns whether there has been no stream for too long */
  isOver(nowMs: number): boolean {
    const { size, lastId } = this.#streams;
    if (size > 0 || lastId !== this.#lastId) {
      this.#lastId = lastId;
      this.#sinceMs = nowMs;
    }
    return nowMs - this.#sinceMs > this.#idleMs;
  }
}
