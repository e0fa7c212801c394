import type { Span } from '../../kv/format/key-range.js';
import type { KeyRange } from '../../kv/format/layout.js';
import type { WatchHub } from '../../kv/watch/hub.js';
import type { WatchListener } from '../../kv/watch/watcher.js';

/** Notifies callers waiting for a change of a key or range, once readers see the change. */
export class KeyChanges {
  readonly #hub: Pick<WatchHub, 'watch' | 'cancel'>;

  constructor(hub: Pick<WatchHub, 'watch' | 'cancel'>) {
    this.#hub = hub;
  }

  /**
   * @returns a function that ends the watch. Several changes may cause one notification, and some notifications have
   * none
   */
  onKey(key: Uint8Array, callback: () => void): () => void {
    return this.#follow({ kind: 'key', key }, callback);
  }

  onRange(range: KeyRange, callback: () => void): () => void {
    return this.#follow({ kind: 'range', range }, callback);
  }

  #follow(keys: Span, callback: () => void): () => void {
    const spec = { keys, startRevision: 0, prevKv: false, puts: true, deletes: true };
    const listener: WatchListener = {
      deliver: () => {
        callback();
        return true;
      },
      caughtUp: () => undefined,
      fellBehind: () => undefined,
      // Missed events are unknown, so every waiter reads its keys again.
      compacted: () => {
        watcher = this.#hub.watch(spec, listener);
        callback();
      },
    };
    let watcher = this.#hub.watch(spec, listener);
    return () => this.#hub.cancel(watcher);
  }
}
