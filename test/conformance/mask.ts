import type { Case } from './case.js';
import type { Names, Outcome } from './contender.js';

/** Removes the parts that may differ between equivalent clusters. */
export function mask(outcome: Outcome, one: Case, names: Names): Outcome {
  const clean = (text: string): string => {
    let masked = text;
    for (const [id, name] of names) masked = masked.replaceAll(id, name);
    // Shorter ids are padded with spaces in some places.
    masked = masked.replace(/ +(?=member n|cluster$)/gm, ' ');
    for (const pattern of one.mask ?? []) masked = masked.replace(pattern, '…');
    if (one.drop !== undefined) masked = masked.replace(one.drop, '');
    return masked
      .replace(/"raft_term":\d+/g, '"raft_term":…')
      .replace(/("RaftTerm" : )\d+/g, '$1…')
      .replace(/(?<=INITIAL_CLUSTER=").*(?=")/, (list) => list.split(',').sort().join(','));
  };
  // Members are listed by id and answer in any order, so their lines are sorted.
  const unordered = one.args[0] === 'member' || one.endpoints === 'all';
  const arrange = (text: string): string => (unordered ? sorted(clean(text)) : clean(text));
  return {
    ...outcome,
    exitCode: one.isTimed === true ? null : outcome.exitCode,
    stdout: arrange(outcome.stdout),
    error: arrange(outcome.error),
  };
}

function sorted(text: string): string {
  return text
    .split(/[\n[\]]|(?<=\}),(?=\{)/)
    .sort()
    .join('\n');
}
