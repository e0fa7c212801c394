import type { WatchHub } from '../../kv/watch/hub.js';
import type { Watcher } from '../../kv/watch/watcher.js';
import type { AppliedWaiters, Ticket } from '../../node/loop/applied-waiters.js';

export interface ProgressOptions {
  readonly hub: WatchHub;
  /** Callers waiting for a revision. */
  readonly revisionWaiters: AppliedWaiters;
  /** Whether every watch of the stream has got all events up to the revision. */
  readonly report: (revision: number) => void;
}

/**
 * Answers progress requests of a stream, once each of its watches has begun and has all events up to the reported
 * revision. Requests that arrive meanwhile share one answer.
 */
export class Progress {
  readonly #options: ProgressOptions;
  /** Watches that begin at a revision that did not exist when they were created. */
  readonly #future = new Set<Watcher>();
  /** Watches that are not up to date. */
  #behind = 0;
  #asked = false;
  #isReportDue = false;
  /** Waiting for the revision at which the last watch begins. */
  #starting: Ticket | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  ask(): void {
    this.#asked = true;
    this.#reportIfReady();
  }

  added(watcher: Watcher): void {
    if (!watcher.isLive) this.#behind++;
    if (watcher.next > this.#options.hub.revision + 1) this.#future.add(watcher);
  }

  /** A watch was removed. @param wasLive whether it was up to date */
  removed(watcher: Watcher, { wasLive }: { readonly wasLive: boolean }): void {
    if (!wasLive) this.#behind--;
    if (!this.#future.delete(watcher)) return this.#reportIfReady();
    this.#stopWaiting();
    this.#reportLater();
  }

  /** Once for all watches that are removed in a turn: it looks at all that begin later. */
  #reportLater(): void {
    if (this.#isReportDue || !this.#asked) return;
    this.#isReportDue = true;
    queueMicrotask(() => {
      this.#isReportDue = false;
      this.#reportIfReady();
    });
  }

  fellBehind(): void {
    this.#behind++;
  }

  caughtUp(): void {
    this.#behind--;
    this.#reportIfReady();
  }

  close(): void {
    this.#asked = false;
    this.#stopWaiting();
    this.#future.clear();
  }

  #reportIfReady(): void {
    if (!this.#asked || this.#behind > 0 || this.#starting !== undefined) return;
    const { hub, report } = this.#options;
    const begun = this.#beginOfLast();
    if (begun > hub.revision) return this.#waitFor(begun);
    this.#asked = false;
    report(hub.revision);
  }

  /** The revision after which every watch has begun. */
  #beginOfLast(): number {
    const { revision } = this.#options.hub;
    let last = revision;
    for (const watcher of this.#future) {
      const before = watcher.next - 1;
      if (before <= revision) this.#future.delete(watcher);
      last = Math.max(last, before);
    }
    return last;
  }

  /** A client that resumes from a progress revision must not go back behind the start revision that it requested. */
  #waitFor(revision: number): void {
    const ready = (): void => {
      this.#starting = undefined;
      this.#reportIfReady();
    };
    this.#starting = { abandoned: false, ready };
    this.#options.revisionWaiters.add(revision, this.#starting);
  }

  #stopWaiting(): void {
    if (this.#starting !== undefined) this.#starting.abandoned = true;
    this.#starting = undefined;
  }
}
