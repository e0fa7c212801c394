import type { Change } from '../../kv/store.js';
import { bytesToLatin1 } from '../../util/bytes.js';

type Callback = () => void;

/** Tells those who wait for a change of a key, or of keys with a common beginning, once readers see it. */
export class KeyChanges {
  readonly #byKey = new Map<string, Set<Callback>>();
  readonly #byPrefix = new Map<string, Set<Callback>>();
  /** Those to be told of what is being written. */
  readonly #touched = new Set<Callback>();

  /** @returns what ends it; it is told of many changes at once, and of some that are none to it */
  onKey(key: Uint8Array, callback: Callback): () => void {
    return subscribe(this.#byKey, bytesToLatin1(key), callback);
  }

  onPrefix(prefix: Uint8Array, callback: Callback): () => void {
    return subscribe(this.#byPrefix, bytesToLatin1(prefix), callback);
  }

  /** These changes are about to be written. */
  note(changes: readonly Change[]): void {
    if (this.#byKey.size === 0 && this.#byPrefix.size === 0) return;
    for (const { key } of changes) {
      const text = bytesToLatin1(key);
      for (const callback of this.#byKey.get(text) ?? []) this.#touched.add(callback);
      for (const [prefix, callbacks] of this.#byPrefix) {
        if (text.startsWith(prefix)) for (const callback of callbacks) this.#touched.add(callback);
      }
    }
  }

  /** Readers see what was noted. */
  seen(): void {
    if (this.#touched.size === 0) return;
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const callback of touched) callback();
  }

  /** Another state has taken the place of the one in force: anything may have changed. */
  restored(): void {
    for (const callbacks of [...this.#byKey.values(), ...this.#byPrefix.values()]) {
      for (const callback of callbacks) this.#touched.add(callback);
    }
    this.seen();
  }
}

function subscribe(map: Map<string, Set<Callback>>, text: string, callback: Callback): () => void {
  const callbacks = map.get(text) ?? new Set();
  map.set(text, callbacks.add(callback));
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0 && map.get(text) === callbacks) map.delete(text);
  };
}
