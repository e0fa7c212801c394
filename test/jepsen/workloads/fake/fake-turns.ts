import { op } from '../../../../src/client/index.js';
import { KeyValue, toHeader } from '../../../../src/client/keys/key-value.js';
import { refusal } from './fake-store.js';
import type { FakeStore } from './fake-store.js';
import type { VirtualClock } from './virtual-clock.js';

interface Parts {
  readonly store: FakeStore;
  readonly clock: VirtualClock;
}

const POLL_MS = 12;

/** The first of a queue of keys in the order of their creation. */
function firstOf(store: FakeStore, name: string): KeyValue | undefined {
  const request = op.range({ prefix: `${name}/` }, { limit: 1, sort: { by: 'create' } }).request;
  const [row] = store.apply([request])[0]?.responseRange?.kvs ?? [];
  return row && new KeyValue(row);
}

/** A turn of a lock or an election, whose lease is renewed until it is released. */
export async function takeFakeTurn(
  { store, clock }: Parts,
  name: string,
  options: { readonly value: string; readonly ttlSeconds: number; readonly timeoutMs: number },
) {
  await clock.sleep(2);
  const id = store.grant(options.ttlSeconds);
  store.hold(id, true);
  const key = `${name}/${id}`;
  store.apply([op.put(key, options.value, { lease: id }).request]);
  const { revision } = store;
  const endMs = clock.nowMs + options.timeoutMs;
  while (firstOf(store, name)?.keyText() !== key) {
    if (clock.nowMs > endMs) {
      if (store.leases.has(id)) store.revoke(id);
      throw refusal('deadline-exceeded', 'the wait is over');
    }
    if (!store.leases.has(id)) throw refusal('lease-lost', 'the lease is over');
    await clock.sleep(POLL_MS);
  }
  await clock.sleep(2);
  const lease = { id, ttlSeconds: options.ttlSeconds, release: () => store.hold(id, false) };
  return { key, revision, lease, isHeld: () => firstOf(store, name)?.keyText() === key };
}

/** Each leader of an election and each value of it, until the signal is aborted. */
export async function* observeFake({ store, clock }: Parts, name: string, signal: AbortSignal) {
  let last = 0;
  while (!signal.aborted) {
    const kv = firstOf(store, name);
    if (kv !== undefined && kv.modRevision !== last) {
      last = kv.modRevision;
      yield { kv, header: toHeader(store.header()) };
    }
    await clock.sleep(POLL_MS, signal);
  }
  throw refusal('cancelled', 'the observation was cancelled');
}
