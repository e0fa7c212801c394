import type { HistoryEvent } from '../history/event.js';

/** A call for tests: its times, its kind, how it ended, and other parts of both events, or of one. */
export interface SampleCall {
  readonly from: number;
  readonly to: number;
  readonly f: string;
  /** Default `ok`. */
  readonly type?: 'ok' | 'fail' | 'info';
  /** Default: its own. */
  readonly process?: number;
  readonly key?: string;
  readonly value?: unknown;
  /** Of the end, if it differs. */
  readonly result?: unknown;
  readonly revision?: number;
  readonly error?: string;
  readonly node?: string;
}

/** The events of calls, in the order of their times. */
export function eventsOf(...calls: readonly SampleCall[]): HistoryEvent[] {
  return calls
    .flatMap(({ from, to, type = 'ok', process, result, revision, error, ...rest }, at): HistoryEvent[] => {
      const call = { process: process ?? at, ...rest };
      const end = {
        ...(result === undefined ? {} : { value: result }),
        ...(revision === undefined ? {} : { revision }),
        ...(error === undefined ? {} : { error }),
      };
      return [
        { ...call, time: from, type: 'invoke' },
        { ...call, time: to, type, ...end },
      ];
    })
    .sort((a, b) => a.time - b.time);
}

/** The names of the anomalies of a verdict. */
export const namesOf = ({ anomalies }: { readonly anomalies: readonly { readonly name: string }[] }): string[] =>
  anomalies.map(({ name }) => name);
