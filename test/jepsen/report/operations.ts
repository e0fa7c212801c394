import type { HistoryEvent } from '../history/event.js';

export type Outcome = 'ok' | 'fail' | 'unknown';

/** One call of a client: its `invoke`, and its completion if there is one. */
export interface Operation {
  readonly process: number;
  readonly f: string;
  readonly outcome: Outcome;
  /**
   * The store executed it: the outcome is `ok`, or a comparison failed, which the history records as a failure that states a
   * revision.
   */
  readonly served: boolean;
  /** µs since the start of the run. */
  readonly start: number;
  /** µs; undefined if the call has no completion. A call with an unknown outcome may have one. */
  readonly end: number | undefined;
  /** Positions in the history. */
  readonly invoked: number;
  readonly completed: number | undefined;
  readonly call: HistoryEvent;
  readonly answer: HistoryEvent | undefined;
}

/** Calls in the order of their `invoke`. A completion without a call is left out: the checkers report it. */
export function operationsOf(events: readonly HistoryEvent[]): Operation[] {
  const answers = new Map<number, number>();
  const open = new Map<number, number>();
  const calls: number[] = [];
  for (const [at, { process, type }] of events.entries()) {
    if (typeof process !== 'number') continue;
    if (type === 'invoke') {
      open.set(process, at);
      calls.push(at);
    } else {
      const call = open.get(process);
      if (call !== undefined) answers.set(call, at);
      open.delete(process);
    }
  }
  return calls.flatMap((invoked) => {
    const completed = answers.get(invoked);
    const call = events[invoked];
    const answer = completed === undefined ? undefined : events[completed];
    if (call === undefined || typeof call.process !== 'number') return [];
    const { process, f, time: start } = call;
    const outcome = outcomeOf(answer);
    const served = outcome === 'ok' || (outcome === 'fail' && answer?.revision !== undefined);
    return [{ process, f, outcome, served, start, end: answer?.time, invoked, completed, call, answer }];
  });
}

function outcomeOf(answer: HistoryEvent | undefined): Outcome {
  if (answer?.type === 'ok') return 'ok';
  return answer?.type === 'fail' ? 'fail' : 'unknown';
}
