import type { etcdserverpb } from '../../gen/proto.js';
import { defined } from '../../util/assert.js';
import { EMPTY } from '../../util/bytes.js';
import { toBigInt } from '../../util/integer.js';
import type { Draft, Slot } from './draft.js';
import { kvError, type KvError } from '../errors.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import { decodeKeyValue, keyOf } from '../format/key-value.js';
import { CurrentWalk } from '../state/versions.js';
import { MessageBuilder } from '../format/wire.js';

type PutRequest = etcdserverpb.PutRequest.$Properties;
type DeleteRangeRequest = etcdserverpb.DeleteRangeRequest.$Properties;

/** What a write answers, header aside. Made only where somebody waits for it. */
export type BodyMaker = (header?: Uint8Array) => Uint8Array;

/** A put as a command of its own: etcd asks for the lease first, and for the key then. */
export function applyPut(draft: Draft, request: PutRequest): BodyMaker | KvError {
  const lease = toBigInt(request.lease);
  if (lease !== 0n && !draft.hasLease(lease)) return kvError('lease-not-found');
  const slot = draft.slot(request.key ?? EMPTY);
  if (slot.row === undefined && needsKey(request)) return kvError('key-not-found');
  return put(draft, slot, request);
}

/** Whether a put builds on what is there. */
export function needsKey(request: PutRequest): boolean {
  return request.ignoreValue === true || request.ignoreLease === true;
}

/** A put whose conditions are known to hold. */
export function put(draft: Draft, slot: Slot, request: PutRequest): BodyMaker {
  const kept = needsKey(request) ? decodeKeyValue(defined(slot.row, 'the key to build on')) : undefined;
  const value = request.ignoreValue === true && kept !== undefined ? kept.value : (request.value ?? EMPTY);
  const lease = request.ignoreLease === true && kept !== undefined ? kept.lease : toBigInt(request.lease);
  draft.put(slot, value, lease);
  const previous = request.prevKv === true ? slot.row : undefined;
  return (header) => encodePutAnswer(previous, header);
}

export async function deleteRange(draft: Draft, request: DeleteRangeRequest): Promise<BodyMaker> {
  const deleted: Uint8Array[] = [];
  draft.counts.deletes += 1;
  for (const slot of await slotsToDelete(draft, request)) {
    deleted.push(defined(slot.row, 'the version to delete'));
    draft.delete(slot);
  }
  return (header) => {
    const message = new MessageBuilder();
    if (header !== undefined) message.bytes(1, header);
    message.number(2, deleted.length);
    if (request.prevKv === true) for (const keyValue of deleted) message.bytes(3, keyValue);
    return message.finish();
  };
}

/** Collected before the first is deleted: a walk must not meet its own writes. */
async function slotsToDelete(draft: Draft, request: DeleteRangeRequest): Promise<readonly Slot[]> {
  const span = spanOf(request.key ?? EMPTY, request.rangeEnd ?? EMPTY);
  if (span.kind === 'key') {
    const slot = draft.slot(span.key);
    return slot.row === undefined ? [] : [slot];
  }
  if (isEmptyRange(span.range)) return [];
  const slots: Slot[] = [];
  const walk = new CurrentWalk(draft, span.range, { reverse: false });
  try {
    for (let slice = await walk.next(); slice.length > 0; slice = await walk.next()) {
      for (const keyValue of slice) slots.push(draft.slotHolding(keyOf(keyValue), keyValue));
    }
  } finally {
    await walk.close();
  }
  return slots;
}

function encodePutAnswer(previous: Uint8Array | undefined, header: Uint8Array | undefined): Uint8Array {
  if (previous === undefined && header === undefined) return EMPTY;
  const message = new MessageBuilder();
  if (header !== undefined) message.bytes(1, header);
  if (previous !== undefined) message.bytes(2, previous);
  return message.finish();
}
