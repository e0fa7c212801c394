import type { etcdserverpb } from '../../gen/proto.js';
import { defined } from '../../util/assert.js';
import { EMPTY } from '../../util/bytes.js';
import { toBigInt } from '../../util/integer.js';
import type { AnswerBudget } from './answer-budget.js';
import { DELETION_UNITS, type Draft } from './draft.js';
import type { Slot } from './draft-rows.js';
import { kvError, type KvError } from '../errors.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import type { PutProperties } from '../format/put-request.js';
import { checkUnique, PlannedWrites } from '../indexes/uniqueness.js';
import { decodeKeyValue, keyOf } from '../format/key-value.js';
import { CurrentWalk } from '../state/versions.js';
import { FieldPacker, MessageBuilder, type EncodedBody } from '../format/wire.js';

type DeleteRangeRequest = etcdserverpb.DeleteRangeRequest.$Properties;

/** Makes the body of a write's answer, with a header or without. Called only if the answer is wanted. */
export type BodyMaker = (header?: Uint8Array) => EncodedBody;

/** The body of an answer that has nothing but its header. */
export const emptyBody: BodyMaker = () => EMPTY;

/**
 * A put outside of a transaction. As in etcd, the lease is checked before the key.
 * @returns no promise where no index is unique
 */
export function applyPut(draft: Draft, request: PutProperties): BodyMaker | KvError | Promise<BodyMaker | KvError> {
  const lease = toBigInt(request.lease);
  if (lease !== 0n && !draft.hasLease(lease)) return kvError('lease-not-found');
  const slot = draft.slot(request.key ?? EMPTY);
  if (slot.row === undefined && needsKey(request)) return kvError('key-not-found');
  return draft.indexes.unique.length === 0 ? put(draft, slot, request) : putUnique(draft, slot, request);
}

async function putUnique(draft: Draft, slot: Slot, request: PutProperties): Promise<BodyMaker | KvError> {
  const writes = new PlannedWrites();
  if (request.ignoreValue !== true) writes.put(slot.userKey, request.value ?? EMPTY);
  return (await checkUnique(draft, writes)) ?? put(draft, slot, request);
}

/** Whether a put keeps the value or the lease of an existing key. */
export function needsKey(request: PutProperties): boolean {
  return request.ignoreValue === true || request.ignoreLease === true;
}

/** Executes a put whose conditions have been checked. */
export function put(draft: Draft, slot: Slot, request: PutProperties): BodyMaker {
  const kept = needsKey(request) ? decodeKeyValue(defined(slot.row, 'the key to build on')) : undefined;
  const value = request.ignoreValue === true && kept !== undefined ? kept.value : (request.value ?? EMPTY);
  const lease = request.ignoreLease === true && kept !== undefined ? kept.lease : toBigInt(request.lease);
  draft.put(slot, value, lease);
  const previous = request.prevKv === true ? slot.row : undefined;
  return previous === undefined ? putAnswer : (header) => encodePutAnswer(previous, header);
}

/**
 * Deletes one key or a range, in slices that yield to the event loop.
 * @param budget bounds the previous versions in the answer
 */
export async function deleteRange(draft: Draft, request: DeleteRangeRequest, budget: AnswerBudget): Promise<BodyMaker> {
  draft.counts.deletes += 1;
  const prevKvs = request.prevKv === true && budget.isWanted ? new PrevKvs(budget) : undefined;
  let deleted = 0;
  const span = spanOf(request.key ?? EMPTY, request.rangeEnd ?? EMPTY);
  if (span.kind === 'key') {
    const slot = draft.slot(span.key);
    if (slot.row !== undefined) {
      prevKvs?.add(3, slot.row);
      draft.delete(slot);
      deleted++;
    }
  } else if (!isEmptyRange(span.range)) {
    // The walk does not see its own deletions: it sees no rows written after it began.
    const walk = new CurrentWalk(draft, span.range, { reverse: false });
    try {
      for (let rows = await walk.next(); rows.length > 0; rows = await walk.next()) {
        for (const keyValue of rows) {
          prevKvs?.add(3, keyValue);
          draft.deleteFound(draft.slotHolding(keyOf(keyValue), keyValue));
          deleted++;
          const rest = draft.spend(DELETION_UNITS);
          if (rest !== undefined) await rest;
        }
      }
    } finally {
      await walk.close();
    }
    draft.finishDeletion(span.range);
  }
  return (header) => {
    const message = new MessageBuilder();
    if (header !== undefined) message.bytes(1, header);
    return message
      .number(2, deleted)
      .fields(prevKvs?.finish() ?? [])
      .finishInPieces();
  };
}

/** Packs the versions that a deletion ends, while the budget admits them. */
class PrevKvs {
  readonly #budget: AnswerBudget;
  readonly #packer = new FieldPacker();

  constructor(budget: AnswerBudget) {
    this.#budget = budget;
  }

  add(field: number, keyValue: Uint8Array): void {
    if (!this.#budget.admits()) return;
    this.#budget.spend(keyValue.length);
    this.#packer.add(field, keyValue);
  }

  finish(): readonly Uint8Array[] {
    return this.#packer.finish();
  }
}

/** The answer to a put without its previous version. */
const putAnswer: BodyMaker = (header) => encodePutAnswer(undefined, header);

function encodePutAnswer(previous: Uint8Array | undefined, header: Uint8Array | undefined): Uint8Array {
  if (previous === undefined && header === undefined) return EMPTY;
  const message = new MessageBuilder();
  if (header !== undefined) message.bytes(1, header);
  if (previous !== undefined) message.bytes(2, previous);
  return message.finish();
}
