import type { EventBatch } from '../../kv/watch/event-batch.js';
import type { Watcher, WatchListener } from '../../kv/watch/watcher.js';
import type { Status } from '../../rpc/status.js';
import type { WatchGuard } from './watch-guard.js';
import { defined } from '../../util/assert.js';

/** The part of a stream that a watch uses. */
export interface WatchOwner {
  /** @returns false if there is no room, or the permission is gone */
  deliver(watch: StreamWatch, batch: EventBatch): boolean;
  caughtUp(): void;
  fellBehind(): void;
  compacted(watch: StreamWatch, compactedRevision: number): void;
}

interface StreamWatchFields {
  readonly id: bigint;
  readonly weight: number;
  readonly progressNotify: boolean;
  readonly fragmentBytes: number | undefined;
  readonly guard: WatchGuard;
}

/** One watch of a stream. */
export class StreamWatch implements WatchListener {
  readonly id: bigint;
  readonly weight: number;
  readonly progressNotify: boolean;
  readonly fragmentBytes: number | undefined;
  readonly guard: WatchGuard;
  /** Whether a response was sent since the last progress interval. */
  sentSinceTick = false;
  /** Why the watch may not go on; undefined if it may. It is cancelled even if the permission comes back. */
  denied: Status | undefined;
  readonly #stream: WatchOwner;
  #watcher: Watcher | undefined;

  constructor(stream: WatchOwner, { id, weight, progressNotify, fragmentBytes, guard }: StreamWatchFields) {
    this.id = id;
    this.weight = weight;
    this.progressNotify = progressNotify;
    this.fragmentBytes = fragmentBytes;
    this.guard = guard;
    this.#stream = stream;
  }

  get watcher(): Watcher {
    return defined(this.#watcher, 'the watcher of a watch');
  }

  set watcher(watcher: Watcher) {
    this.#watcher = watcher;
  }

  deliver(batch: EventBatch): boolean {
    const taken = this.#stream.deliver(this, batch);
    if (taken) this.sentSinceTick = true;
    return taken;
  }

  caughtUp(): void {
    this.#stream.caughtUp();
  }

  fellBehind(): void {
    this.#stream.fellBehind();
  }

  compacted(compactedRevision: number): void {
    this.#stream.compacted(this, compactedRevision);
  }
}
