import type { History, RecordedCall } from '../../history/history.js';

const AUTOMATIC_FLAG = '--auto-compaction-retention=';

/** Compactions of the history: those that clients or a fault requested, and those that members make by themselves. */
export class Compactions {
  /** Revisions that were requested, by the time from which they may be compacted, in µs. */
  readonly #requested: readonly { readonly revision: number; readonly from: number }[];
  /** Revisions that were answered, where members compact by themselves: such a compaction is of one that exists. */
  readonly #reached: readonly { readonly revision: number; readonly from: number }[];

  constructor({ header, events }: History, calls: readonly RecordedCall[]) {
    const byClients = calls.filter(({ invoke, outcome }) => invoke.f === 'compact' && outcome !== 'fail');
    const byFaults = events.filter(({ process, f }) => process === 'cluster' && f === 'compaction');
    this.#requested = [...byClients.map(({ invoke }) => invoke), ...byFaults].map(({ value, time }) => ({
      revision: Number(value),
      from: time,
    }));
    const { flags } = header.options;
    const isAutomatic = typeof flags === 'string' && flags.includes(AUTOMATIC_FLAG);
    this.#reached = isAutomatic
      ? calls.flatMap(({ completion }) =>
          completion?.revision === undefined ? [] : [{ revision: completion.revision, from: completion.time }],
        )
      : [];
  }

  /** The largest revision that may be compacted at a time; 0 if none is. */
  latest(time: number): number {
    return [...this.#requested, ...this.#reached].reduce(
      (most, { revision, from }) => (from <= time && revision > most ? revision : most),
      0,
    );
  }

  /** Whether a compaction of this revision can explain what happened at a time. */
  allows(revision: number, time: number): boolean {
    return (
      this.#requested.some((each) => each.revision === revision && each.from <= time) ||
      this.#reached.some((each) => each.revision >= revision && each.from <= time)
    );
  }
}
