import type { Span } from '../../kv/format/key-range.js';
import type { KeyRange } from '../../kv/format/layout.js';
import type { WatchHub } from '../../kv/watch/hub.js';
import type { WatchListener } from '../../kv/watch/watcher.js';

/** Tells those who wait for a change of a key, or of keys of a range, once readers see it. */
export class KeyChanges {
  readonly #hub: Pick<WatchHub, 'watch' | 'cancel'>;

  constructor(hub: Pick<WatchHub, 'watch' | 'cancel'>) {
    this.#hub = hub;
  }

  /** @returns what ends it; it is told of many changes at once, and of some that are none to it */
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
      // What was missed cannot be told, only that it was: whoever waits looks for himself.
      compacted: () => {
        watcher = this.#hub.watch(spec, listener);
        callback();
      },
    };
    let watcher = this.#hub.watch(spec, listener);
    return () => this.#hub.cancel(watcher);
  }
}
