import { callsOf, type History, type RecordedCall } from '../history/history.js';

/** A call with an answer. */
export interface AnsweredCall extends RecordedCall {
  readonly completion: NonNullable<RecordedCall['completion']>;
  readonly endAt: number;
  readonly outcome: 'ok';
}

export const isAnswered = (call: RecordedCall): call is AnsweredCall =>
  call.outcome === 'ok' && call.completion !== undefined;

/** Calls of some kinds, in the order of their starts. */
export function callsNamed(history: History, ...names: readonly string[]): RecordedCall[] {
  return callsOf(history).filter(({ invoke }) => names.includes(invoke.f));
}

/** The revision that the answer states; undefined if there is none. */
export const revisionOf = ({ completion }: RecordedCall): number | undefined => completion?.revision;

/** Whether a call ended before another began. */
export const isBefore = (a: AnsweredCall, b: RecordedCall): boolean => a.completion.time < b.invoke.time;

/** By the revision of the answer, then by the start. Calls without a revision are left out. */
export function byRevision(calls: readonly RecordedCall[]): (AnsweredCall & { readonly revision: number })[] {
  return calls
    .filter(isAnswered)
    .flatMap((call) => {
      const { revision } = call.completion;
      return revision === undefined ? [] : [{ ...call, revision }];
    })
    .sort((a, b) => a.revision - b.revision || a.at - b.at);
}
