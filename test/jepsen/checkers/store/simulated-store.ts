import type { SeenPut } from './changes.js';
import type { KeyWrite } from './writes.js';
import type { SeenEvent } from '../watches/watch-calls.js';

/** A store with revisions, versions and events, for tests of checkers. */
export class SimulatedStore {
  revision = 1;
  readonly #keys = new Map<string, SeenPut>();
  readonly #events: SeenEvent[] = [];
  #compacted = 0;

  /** Writes keys at one revision. @returns the number of keys that were changed */
  write(...writes: readonly KeyWrite[]): number {
    const rev = this.revision + 1;
    let written = 0;
    for (const { key, value } of writes) {
      const prev = this.#keys.get(key);
      const before = prev === undefined ? {} : { prev };
      if (value === undefined) {
        if (prev === undefined) continue;
        this.#keys.delete(key);
        this.#events.push({ type: 'delete', key, rev, ...before });
      } else {
        const put = { value, rev, version: (prev?.version ?? 0) + 1, create: prev?.create ?? rev };
        this.#keys.set(key, put);
        this.#events.push({ type: 'put', key, ...put, ...before });
      }
      written += 1;
    }
    if (written > 0) this.revision = rev;
    return written;
  }

  get(key: string): SeenPut | undefined {
    return this.#keys.get(key);
  }

  rows(prefix: string): (readonly [string, string, number, number, number])[] {
    const found = [...this.#keys].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    return found.map(([key, { value, rev, version, create }]) => [key, value, rev, version, create]);
  }

  compact(revision: number): void {
    this.#compacted = Math.max(this.#compacted, revision);
  }

  get compacted(): number {
    return this.#compacted;
  }

  /** Events from a revision on, those of each revision together. States before that are compacted are left out. */
  events(prefix: string, from: number): SeenEvent[][] {
    const found = this.#events.filter(({ key, rev }) => key.startsWith(prefix) && rev >= from);
    const revisions = [...new Set(found.map(({ rev }) => rev))];
    return revisions.map((revision) =>
      found
        .filter(({ rev }) => rev === revision)
        .map(({ prev, ...event }) => (prev === undefined || event.rev <= this.#compacted ? event : { ...event, prev })),
    );
  }
}
