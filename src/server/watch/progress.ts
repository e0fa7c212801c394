import type { WatchHub } from '../../kv/watch/hub.js';
import type { Watcher } from '../../kv/watch/watcher.js';
import type { AppliedWaiters, Ticket } from '../../node/loop/applied-waiters.js';

export interface ProgressOptions {
  readonly hub: WatchHub;
  /** Who waits for a revision. */
  readonly revisionWaiters: AppliedWaiters;
  /** Everything up to the revision has been handed to every watch of the stream. */
  readonly tell: (revision: number) => void;
}

/**
 * Answers a stream that asks how far its watches are: once each of them has begun, and has all events up to the revision
 * that is told. However often it asks meanwhile, there is one answer.
 */
export class Progress {
  readonly #options: ProgressOptions;
  /** Those that begin at a revision that was not there yet when they were created. */
  readonly #future = new Set<Watcher>();
  /** Watches that are not up to date. */
  #behind = 0;
  #asked = false;
  /** It waits for the revision at which the last watch begins. */
  #starting: Ticket | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  ask(): void {
    this.#asked = true;
    this.#tell();
  }

  added(watcher: Watcher): void {
    if (!watcher.isLive) this.#behind++;
    if (watcher.next > this.#options.hub.revision + 1) this.#future.add(watcher);
  }

  /** It is not watched any more. @param wasLive it was up to date until then */
  removed(watcher: Watcher, { wasLive }: { readonly wasLive: boolean }): void {
    if (this.#future.delete(watcher)) this.#stopWaiting();
    if (!wasLive) this.#behind--;
    this.#tell();
  }

  fellBehind(): void {
    this.#behind++;
  }

  caughtUp(): void {
    this.#behind--;
    this.#tell();
  }

  close(): void {
    this.#asked = false;
    this.#stopWaiting();
    this.#future.clear();
  }

  #tell(): void {
    if (!this.#asked || this.#behind > 0 || this.#starting !== undefined) return;
    const { hub, tell } = this.#options;
    const begun = this.#beginOfLast();
    if (begun > hub.revision) return this.#waitFor(begun);
    this.#asked = false;
    tell(hub.revision);
  }

  /** The revision behind which every watch has begun. */
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

  /** A client that begins again from the progress must not be sent back before the start that it asked for. */
  #waitFor(revision: number): void {
    const ready = (): void => {
      this.#starting = undefined;
      this.#tell();
    };
    this.#starting = { abandoned: false, ready };
    this.#options.revisionWaiters.add(revision, this.#starting);
  }

  #stopWaiting(): void {
    if (this.#starting !== undefined) this.#starting.abandoned = true;
    this.#starting = undefined;
  }
}
