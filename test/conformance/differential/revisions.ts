import type { Plain } from './schema.js';

// Every run begins at a different revision on each system, so a run counts revisions from its beginning.

/** Revision fields of requests. */
const ASKED = new Set([
  'revision',
  'startRevision',
  'createRevision',
  'modRevision',
  'minModRevision',
  'maxModRevision',
  'minCreateRevision',
  'maxCreateRevision',
]);
/** Revision fields of answers, by their names in messages and in the gateway. */
const ANSWERED = new Set([
  'revision',
  'createRevision',
  'create_revision',
  'modRevision',
  'mod_revision',
  'compactRevision',
  'compact_revision',
]);
/** Largest revision that is relative to the run; larger ones are deliberately huge and stay unchanged. */
const LARGEST = 100_000n;
/** Fields that identify the system. */
const OF_THE_SYSTEM = new Set(['clusterId', 'cluster_id', 'memberId', 'member_id', 'raftTerm', 'raft_term']);

/** A request for a system whose run began at a revision. */
export function absolute(request: Plain, base: bigint): Plain {
  return rewritten(request, (field, value) => {
    if (!ASKED.has(field) || typeof value !== 'string') return value;
    const number = BigInt(value);
    return number > 0n && number < LARGEST ? String(number + base) : value;
  }) as Plain;
}

/** An answer as if the run had begun at revision 0, without the fields that identify the system. */
export function relative(answer: unknown, base: bigint): unknown {
  return rewritten(answer, (field, value) => {
    if (OF_THE_SYSTEM.has(field)) return undefined;
    if (!ANSWERED.has(field) || typeof value !== 'string') return value;
    const number = BigInt(value);
    return number > 0n ? String(number - base) : value;
  });
}

function rewritten(value: unknown, change: (field: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => rewritten(each, change));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([field, held]) => [field, change(field, rewritten(held, change))] as const);
  return Object.fromEntries(fields.filter(([, held]) => held !== undefined));
}
