import type { KeyValue } from '../../client/index.js';
import { compare, GuardedPuts, op, txn } from '../../client/index.js';
import type { Pair } from './format.js';

/** State of a key: the revision of its last write, and its version. Both are 0 if it is absent. */
export interface KeyState {
  readonly modRevision: number;
  readonly version: number;
}

export const ABSENT: KeyState = { modRevision: 0, version: 0 };

/** One write of a batch, and the expected state of its key before it. */
export interface GuardedWrite {
  readonly pair: Pair;
  /** `known`: read, or written by this import. `assumed`: taken to be absent, since most imported keys are new. */
  readonly before: { readonly kind: 'known' | 'assumed'; readonly state: KeyState };
}

/**
 * The batch as one transaction: writes all keys if each is as expected. A batch that is sent twice is therefore applied once.
 * Keys of a batch must differ.
 */
export function guardedPuts(batch: readonly GuardedWrite[]): GuardedPuts {
  const bytes = batch.reduce((sum, { pair }) => sum + 2 * pair.key.length + pair.value.length + PUT_BYTES, 0);
  const puts = new GuardedPuts(bytes);
  for (const { pair, before } of batch) puts.add(pair.key, pair.value, before.state.modRevision);
  return puts;
}

/** Approximate size of an encoded write beside its key and value, in bytes. */
const PUT_BYTES = 24;

/** The same, which reads the keys if one is not as expected: their values too, or only their states. */
export function guardedTxn(batch: readonly GuardedWrite[], reads: 'states' | 'values') {
  return txn()
    .when(...batch.map(({ pair, before }) => compare.modRevision(pair.key, '=', before.state.modRevision)))
    .do(...batch.map(({ pair }) => op.put(pair.key, pair.value)))
    .otherwise(...batch.map(({ pair }) => op.get(pair.key, { keysOnly: reads === 'states' })));
}

export interface Refusal {
  readonly batch: readonly GuardedWrite[];
  /** The keys when the comparison failed, in the order of the batch. */
  readonly found: readonly (KeyValue | undefined)[];
  /** Revision of the store before the batch was first sent. */
  readonly floor: number;
  /** Whether an earlier attempt of the batch got no answer. */
  readonly unanswered: boolean;
}

/**
 * The outcome of a batch whose comparison failed.
 * - `applied`: an earlier attempt was applied, and its answer was lost
 * - `not-applied`: no attempt was applied, and none can be, since no key returns to an earlier revision
 * - `undecidable`: other clients have overwritten every key
 */
export type Verdict = 'applied' | 'not-applied' | 'undecidable';

/**
 * Determines the outcome of a batch whose comparison failed. A transaction is atomic, so one key decides for all.
 */
export function judge({ batch, found, floor, unanswered }: Refusal): Verdict {
  if (!unanswered) return 'not-applied';
  const keys = batch.map((write, index) => ({ write, kv: found[index] }));
  // An existing key without a newer write shows that the batch was not applied.
  if (keys.some(({ kv }) => kv !== undefined && kv.modRevision <= floor)) return 'not-applied';
  if (keys.some(({ write, kv }) => kv !== undefined && isOurs(write, kv))) return 'applied';
  if (keys.some(({ write, kv }) => kv === undefined && write.before.state.modRevision === 0)) return 'not-applied';
  return 'undecidable';
}

/** Whether the key is as the write would leave it. An equal write of another client counts as this one. */
function isOurs({ pair, before }: GuardedWrite, kv: KeyValue): boolean {
  return kv.version === before.state.version + 1 && kv.value.equals(pair.value);
}

/** Writes whose key another client has written since the batch was first sent, or since its state was known. */
export function foreignWrites({ batch, found, floor }: Refusal, verdict: Verdict): readonly GuardedWrite[] {
  return batch.filter((write, index) => {
    const kv = found[index];
    if (verdict === 'applied') return kv === undefined || !isOurs(write, kv);
    const { kind, state } = write.before;
    if (kind === 'known') return (kv?.modRevision ?? 0) !== state.modRevision;
    return kv !== undefined && kv.modRevision > floor;
  });
}

/** The same writes, with the found states as the expected ones. */
export function rebased({ batch, found }: Refusal): readonly GuardedWrite[] {
  return batch.map(({ pair }, index) => ({ pair, before: { kind: 'known', state: stateOf(found[index]) } }));
}

export function stateOf(kv: KeyValue | undefined): KeyState {
  return kv === undefined ? ABSENT : { modRevision: kv.modRevision, version: kv.version };
}
