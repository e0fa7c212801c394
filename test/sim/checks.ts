import { checkLinearizability } from '../jepsen/checkers/linearizability/check.js';
import { registerModel } from '../jepsen/checkers/linearizability/models.js';
import { checkRevisions, type RevisionCheckOptions } from '../jepsen/checkers/revisions/revision-check.js';
import { asRegisterHistory } from '../support/workload.js';
import type { SimCall } from './calls.js';

/**
 * Checks a whole history.
 * @returns the first few violations
 */
export function checkHistory(history: readonly SimCall[], options: RevisionCheckOptions): string[] {
  const wrong = [...checkRevisions(history, options).slice(0, 3), ...staleErrors(history).slice(0, 3)];
  if (wrong.length > 0) return wrong;
  const verdict = checkLinearizability(registerModel, asRegisterHistory(history), { timeLimitMs: 60_000 });
  // A search that was cut off proves nothing; the check by revision has passed, and needs no search.
  return verdict.kind === 'not-linearizable' ? [`not linearizable: ${verdict.report}`] : [];
}

/** An answer must include everything that was acknowledged before the time that its stated age implies. */
function staleErrors(history: readonly SimCall[]): string[] {
  const errors: string[] = [];
  const acknowledged: { readonly atMs: number; readonly revision: number }[] = [];
  let largest = 0;
  for (const { completedAt: atMs, outcome, input } of history) {
    if (outcome.kind !== 'ok' || (input.kind === 'get' && input.stale === true)) continue;
    largest = Math.max(largest, outcome.output.revision);
    acknowledged.push({ atMs, revision: largest });
  }
  for (const { completedAt, outcome, ageMs, input, level } of history) {
    if (outcome.kind !== 'ok' || ageMs === undefined) continue;
    const floor = acknowledged.findLast(({ atMs }) => atMs < completedAt - ageMs)?.revision ?? 0;
    if (outcome.output.revision >= floor) continue;
    errors.push(
      `a read at level ${level} of ${input.key} says that it is at most ${ageMs.toFixed(1)} ms old, but shows revision ` +
        `${outcome.output.revision}, and ${floor} was acknowledged before that`,
    );
  }
  return errors;
}
