import type { mvccpb } from '../../src/gen/proto.js';
import { clampInteger } from '../../src/util/integer.js';
import type { SeenValue } from '../jepsen/checkers/revisions/revision-check.js';

/** The state of a key in an answer; null if it is absent. */
export function seenValue(kv: mvccpb.KeyValue.$Properties | undefined): SeenValue | null {
  if (kv === undefined) return null;
  return {
    value: Buffer.from(kv.value ?? []).toString(),
    createRevision: clampInteger(kv.createRevision),
    modRevision: clampInteger(kv.modRevision),
    version: clampInteger(kv.version),
  };
}
