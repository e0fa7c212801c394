import type { etcdserverpb } from '../../gen/proto.js';
import { EMPTY } from '../../util/bytes.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import { decodeKeyValue, withoutValue } from '../format/key-value.js';
import { evaluateRange } from './range.js';
import type { RangeOutcome } from './range-answer.js';
import { planOf, type Plan } from './range-plan.js';
import { RangeWalk } from './range-walk.js';
import type { KeyRange } from '../format/layout.js';
import { MessageBuilder } from '../format/wire.js';
import type { StateReader } from '../state/state-reader.js';

/** Bytes of key-values in one piece, unless a single one is larger. */
const PIECE_BYTES = 256 * 1024;

/** Some encoded key-values. */
export type RangePiece = readonly Uint8Array[];

/**
 * Yields the answer to a range in pieces, so that a large one is never held as a whole, and returns `count` and `more`.
 * A range sorted by anything but the key is collected first.
 */
export async function* streamRange(
  reader: StateReader,
  request: etcdserverpb.RangeRequest.$Properties,
): AsyncGenerator<RangePiece, RangeOutcome, undefined> {
  const span = spanOf(request.key ?? EMPTY, request.rangeEnd ?? EMPTY);
  const plan = span.kind === 'key' ? undefined : planOf(reader, request);
  const walks = plan !== undefined && !('kind' in plan) && !plan.countOnly && plan.sorting === undefined;
  if (span.kind === 'key' || plan === undefined || !walks || plan.pick === 'sorted' || isEmptyRange(span.range)) {
    const outcome = await evaluateRange(reader, request);
    if (outcome.kind === 'error') return outcome;
    yield* pieces(outcome.keyValues);
    return { ...outcome, keyValues: [] };
  }
  return yield* streamWalk(reader, span.range, plan);
}

/** The body of a RangeResponse that holds only key-values. */
export function encodePiece(piece: RangePiece): Uint8Array {
  const message = new MessageBuilder();
  for (const keyValue of piece) message.bytes(2, keyValue);
  return message.finish();
}

async function* streamWalk(
  reader: StateReader,
  range: KeyRange,
  plan: Plan,
): AsyncGenerator<RangePiece, RangeOutcome, undefined> {
  const { filter, limit, keysOnly } = plan;
  const walk = new RangeWalk(reader, range, plan);
  let passed = 0;
  try {
    for (let slice = await walk.next(false); slice.length > 0; slice = await walk.next(passed > limit)) {
      const found = filter === undefined ? slice : slice.filter((keyValue) => filter(decodeKeyValue(keyValue)));
      const wanted = found.slice(0, Math.max(0, limit - passed));
      passed += found.length;
      yield* pieces(keysOnly ? wanted.map(withoutValue) : wanted);
    }
  } finally {
    await walk.close();
  }
  return { kind: 'ok', keyValues: [], more: passed > limit, count: walk.count };
}

function* pieces(keyValues: readonly Uint8Array[]): Generator<RangePiece, void, undefined> {
  let piece: Uint8Array[] = [];
  let bytes = 0;
  for (const keyValue of keyValues) {
    if (bytes > 0 && bytes + keyValue.length > PIECE_BYTES) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(keyValue);
    bytes += keyValue.length;
  }
  if (piece.length > 0) yield piece;
}
