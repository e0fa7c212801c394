import { afterReading } from '../../util/reading-timer.js';
import type { Dispatcher } from '../calls/dispatcher.js';
import type { KeyRange } from '../keys/key-range.js';
import { Watch } from '../watch/watch.js';
import type { WatchedKeys } from '../watch/watch-types.js';
import type { CacheSource } from './cache-source.js';
import { selectorOf } from './span.js';

/** The source of a client's caches. */
export function clientSource(dispatcher: Dispatcher, range: CacheSource['range']): CacheSource {
  return {
    now: () => performance.now(),
    timeout: afterReading,
    closing: dispatcher.closing,
    timeoutMs: dispatcher.timeoutMs,
    range,
    watch: ({ range: watched, startRevision, ...hooks }) =>
      new Watch(dispatcher, { ...keysOf(watched), startRevision }, hooks),
  };
}

function keysOf(range: KeyRange): WatchedKeys {
  const selector = selectorOf(range);
  return selector instanceof Uint8Array ? { key: selector } : selector;
}
