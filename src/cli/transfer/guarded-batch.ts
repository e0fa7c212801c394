import type { KeyValue } from '../../client/index.js';
import { compare, op, txn } from '../../client/index.js';
import type { Pair } from './format.js';

/** What a key is known to hold: the revision that wrote it last, and how often it was written. 0 and 0 is absent. */
export interface KeyState {
  readonly modRevision: number;
  readonly version: number;
}

export const ABSENT: KeyState = { modRevision: 0, version: 0 };

/** One write of a batch, with what its key is expected to hold before it. */
export interface GuardedWrite {
  readonly pair: Pair;
  /** `known`: read, or written by us. `assumed`: absent until the store says otherwise; most imported keys are new. */
  readonly before: { readonly kind: 'known' | 'assumed'; readonly state: KeyState };
}

/**
 * The batch as one transaction: all keys are written if each is still as expected, otherwise none is and each is read.
 * So a batch that is sent twice is applied once. No two writes of a batch may have the same key.
 *
 * @param withValues read the values too, to recognize our own
 */
export function guardedTxn(batch: readonly GuardedWrite[], withValues: boolean) {
  return txn()
    .when(...batch.map(({ pair, before }) => compare.modRevision(pair.key, '=', before.state.modRevision)))
    .do(...batch.map(({ pair }) => op.put(pair.key, pair.value)))
    .otherwise(...batch.map(({ pair }) => op.get(pair.key, { keysOnly: !withValues })));
}

export interface Refusal {
  readonly batch: readonly GuardedWrite[];
  /** What the keys held when the comparison failed, in the order of the batch. */
  readonly found: readonly (KeyValue | undefined)[];
  /** The store's revision from before the batch was sent for the first time: what is newer was written since. */
  readonly floor: number;
  /** An earlier attempt of the same batch was left without an answer. */
  readonly unanswered: boolean;
}

/**
 * What a failed comparison tells.
 * - `applied`: an earlier attempt was, whose answer was lost
 * - `not-applied`: none was, and none can be any more, since no key ever returns to an earlier revision
 * - `undecidable`: other clients have written over every trace
 */
export type Verdict = 'applied' | 'not-applied' | 'undecidable';

/**
 * Settles a batch whose comparison failed. A transaction is applied whole or not at all, so that one key can speak for
 * all of them.
 */
export function judge({ batch, found, floor, unanswered }: Refusal): Verdict {
  if (!unanswered) return 'not-applied';
  const keys = batch.map((write, index) => ({ write, kv: found[index] }));
  // A key that is there and has not been written since: the batch, which would have written it, was not applied.
  if (keys.some(({ kv }) => kv !== undefined && kv.modRevision <= floor)) return 'not-applied';
  if (keys.some(({ write, kv }) => kv !== undefined && isOurs(write, kv))) return 'applied';
  if (keys.some(({ write, kv }) => kv === undefined && write.before.state.modRevision === 0)) return 'not-applied';
  return 'undecidable';
}

/** The key holds what the write would have left. Whoever wrote the same at the same time did it for us. */
function isOurs({ pair, before }: GuardedWrite, kv: KeyValue): boolean {
  return kv.version === before.state.version + 1 && kv.value.equals(pair.value);
}

/** Keys that another client has written since the batch was first sent, or since we knew them. */
export function foreignWrites({ batch, found, floor }: Refusal, verdict: Verdict): readonly GuardedWrite[] {
  return batch.filter((write, index) => {
    const kv = found[index];
    if (verdict === 'applied') return kv === undefined || !isOurs(write, kv);
    const { kind, state } = write.before;
    if (kind === 'known') return (kv?.modRevision ?? 0) !== state.modRevision;
    return kv !== undefined && kv.modRevision > floor;
  });
}

/** The same writes, expecting what was found. */
export function rebased({ batch, found }: Refusal): readonly GuardedWrite[] {
  return batch.map(({ pair }, index) => ({ pair, before: { kind: 'known', state: stateOf(found[index]) } }));
}

export function stateOf(kv: KeyValue | undefined): KeyState {
  return kv === undefined ? ABSENT : { modRevision: kv.modRevision, version: kv.version };
}
