/** Batches that were written when these logs existed. */
interface Labelled {
  readonly label: number;
  readonly logs: readonly string[];
}

/**
 * Finds out which batches LevelDB has flushed by itself. Each is in one of the logs that exist after it was written, or
 * in a table. LevelDB removes a log after its memtable is in a table and the manifest is synced, so the batches are
 * durable once none of these logs is left. LevelDB gives no name twice.
 */
export class FlushedLabels {
  /** At most one for each set of logs: the last one. LevelDB has two logs at most, so these are few. */
  #pending: readonly Labelled[] = [];
  #flushed = 0;

  /**
   * @param label of all batches that were written before the logs were listed, at least the one before
   * @param logs the logs that exist
   * @returns the last label whose batches are flushed; 0 if there is none
   */
  add(label: number, logs: readonly string[]): number {
    const present = new Set(logs);
    const pending: Labelled[] = [];
    for (const each of this.#pending) {
      if (each.logs.some((name) => present.has(name))) pending.push(each);
      else this.#flushed = each.label;
    }
    const last = pending.at(-1);
    if (last !== undefined && last.logs.join() === logs.join()) pending.pop();
    pending.push({ label, logs });
    this.#pending = pending;
    return this.#flushed;
  }
}
