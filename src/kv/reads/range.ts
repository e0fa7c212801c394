import type { AnswerGrowth } from '../../util/answer-growth.js';
import type { etcdserverpb } from '../../gen/proto.js';
import { EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { kvError } from '../errors.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import { decodeKeyValue, modRevisionOf, withoutValue } from '../format/key-value.js';
import type { KeyRange } from '../format/layout.js';
import type { StateReader } from '../state/state-reader.js';
import { supersededAt } from '../state/versions.js';
import type { RangeAnswer, RangeOutcome } from './range-answer.js';
import { filterOf, planOf, resolveRevision, type Plan } from './range-plan.js';
import { RangeWalk } from './range-walk.js';
import { RowPicker } from './row-picker.js';

/**
 * Evaluates a range on one state. A single key at the newest revision takes no promise. Anything else is a walk in
 * slices that keeps only the rows of the answer.
 * @param growth counts the rows that the walk gathers
 */
export function evaluateRange(
  reader: StateReader,
  request: etcdserverpb.RangeRequest.$Properties,
  growth?: Pick<AnswerGrowth, 'holds'>,
): RangeOutcome | Promise<RangeOutcome> {
  const span = spanOf(request.key ?? EMPTY, request.rangeEnd ?? EMPTY);
  if (span.kind === 'key') {
    const revision = resolveRevision(reader, clampInteger(request.revision));
    if (typeof revision === 'object') return { kind: 'error', error: revision };
    return evaluateKey(reader, request, revision);
  }
  const plan = planOf(reader, request);
  if ('kind' in plan) return { kind: 'error', error: plan };
  if (isEmptyRange(span.range)) return { kind: 'ok', keyValues: [], more: false, count: 0 };
  return plan.countOnly ? evaluateCount(reader, span.range, plan) : evaluateWalk(reader, span.range, { plan, growth });
}

/** Evaluates one key, without a plan: this is the most frequent read. */
function evaluateKey(
  reader: StateReader,
  request: etcdserverpb.RangeRequest.$Properties,
  revision: number,
): RangeOutcome | Promise<RangeOutcome> {
  const key = request.key ?? EMPTY;
  const newest = reader.current(key);
  if (revision === reader.revision || (newest !== undefined && modRevisionOf(newest) <= revision)) {
    return answerKey(newest, request);
  }
  return supersededAt(reader, key, revision).then((found) => answerKey(found, request));
}

function answerKey(found: Uint8Array | undefined, request: etcdserverpb.RangeRequest.$Properties): RangeAnswer {
  if (found === undefined) return { kind: 'ok', keyValues: [], more: false, count: 0 };
  const filter = filterOf(request);
  const passes = request.countOnly !== true && (filter === undefined || filter(decodeKeyValue(found)));
  if (!passes) return { kind: 'ok', keyValues: [], more: false, count: 1 };
  return { kind: 'ok', keyValues: [request.keysOnly === true ? withoutValue(found) : found], more: false, count: 1 };
}

async function evaluateCount(reader: StateReader, range: KeyRange, plan: Plan): Promise<RangeOutcome> {
  const known = plan.revision === undefined ? await reader.count(range) : await reader.countAt(range, plan.revision);
  const count = known ?? (await countByWalking(new RangeWalk(reader, range, plan)));
  return { kind: 'ok', keyValues: [], more: false, count };
}

async function countByWalking(walk: RangeWalk): Promise<number> {
  try {
    while ((await walk.next(false)).length > 0);
    return walk.count;
  } finally {
    await walk.close();
  }
}

async function evaluateWalk(
  reader: StateReader,
  range: KeyRange,
  { plan, growth }: { readonly plan: Plan; readonly growth: Pick<AnswerGrowth, 'holds'> | undefined },
): Promise<RangeOutcome> {
  const picker = new RowPicker(plan, (units) => reader.spend(units));
  const walk = new RangeWalk(reader, range, plan);
  try {
    for (let slice = await walk.next(false); slice.length > 0; slice = await walk.next(picker.full)) {
      for (const keyValue of slice) picker.add(keyValue);
      if (picker.hasTooMany) await picker.cut();
      const room = growth?.holds(picker.bytes);
      if (room !== undefined && !(await room)) return { kind: 'error', error: kvError('answer-too-large') };
    }
  } finally {
    await walk.close();
  }
  return { kind: 'ok', ...(await picker.finish()), count: walk.count };
}
