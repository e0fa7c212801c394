import type { WatchHub } from '../../kv/watch/hub.js';
import type { Watcher } from '../../kv/watch/watcher.js';
import type { AppliedWaiters, Ticket } from '../../node/loop/applied-waiters.js';

export interface ProgressOptions {
  readonly hub: WatchHub;
  /** Callers waiting for a revision. */
  readonly revisionWaiters: AppliedWaiters;
  /** Called once every watch of the stream has all events up to the revision. */
  readonly report: (revision: number, answer: { readonly extended: boolean }) => void;
}

/** The progress requests of a stream that wait, as one. */
interface Asked {
  /** The largest revision that one of them waits for; 0 for none. */
  readonly atLeast: number;
  /** Whether one of them used the extension. */
  readonly extended: boolean;
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
  #asked: Asked | undefined;
  #isReportDue = false;
  /** Watches that the hub counts as up to date are falling behind. */
  #isHeldUp = false;
  /** Waiting for the revision at which the last watch begins, or that was asked for. */
  #starting: Ticket | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  /** @param atLeast the answer waits for this revision; 0 in a request without the extension */
  ask(atLeast = 0): void {
    const { atLeast: before = 0, extended = false } = this.#asked ?? {};
    this.#asked = { atLeast: Math.max(before, atLeast), extended: extended || atLeast > 0 };
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
    if (this.#isReportDue || this.#asked === undefined) return;
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
    this.#asked = undefined;
    this.#stopWaiting();
    this.#future.clear();
  }

  #reportIfReady(): void {
    if (this.#asked === undefined || this.#behind > 0 || this.#starting !== undefined || this.#isHeldUp) return;
    const { hub, report } = this.#options;
    this.#isHeldUp = hub.whenNoneFalls(() => {
      this.#isHeldUp = false;
      this.#reportIfReady();
    });
    if (this.#isHeldUp) return;
    const { atLeast, extended } = this.#asked;
    const least = Math.max(atLeast, this.#beginOfLast());
    if (least > hub.revision) return this.#waitFor(least);
    this.#asked = undefined;
    report(hub.revision, { extended });
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
