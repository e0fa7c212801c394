import type { HistoryEvent } from '../history/event.js';

/** What a member said of itself at one time. Fields that were not sampled are undefined. */
export interface Sample {
  /** µs since the start of the run. */
  readonly time: number;
  readonly term: number | undefined;
  /** Name of the member that it takes for the leader. */
  readonly leader: string | undefined;
  /** Resident memory, bytes. */
  readonly rss: number | undefined;
  /** Open file descriptors. */
  readonly fds: number | undefined;
  /** Size of the data folder, bytes. */
  readonly disk: number | undefined;
}

/** Samples by member, members and times in order. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

export function samplesOf(events: readonly HistoryEvent[]): Samples {
  const samples = new Map<string, Sample[]>();
  for (const { process, f, node, value, time } of events) {
    if (process !== 'cluster' || f !== 'status' || node === undefined) continue;
    const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
    const number = (name: string): number | undefined => {
      const field = fields[name];
      return typeof field === 'number' && Number.isFinite(field) ? field : undefined;
    };
    const leader = fields['leader'];
    const own = samples.get(node) ?? [];
    samples.set(node, own);
    own.push({
      time,
      term: number('term'),
      leader: typeof leader === 'string' && leader !== '' && leader !== '0' ? leader : undefined,
      rss: number('rss'),
      fds: number('fds'),
      disk: number('disk'),
    });
  }
  return new Map([...samples].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));
}

/** A time in which one member took itself for the leader. */
export interface Office {
  readonly node: string;
  readonly term: number;
  readonly start: number;
  readonly end: number;
}

/** Longest time between two samples of an office, µs. A longer gap means that the member did not answer. */
const GAP_US_MAX = 3_000_000;

export function officesOf(samples: Samples): Office[] {
  const offices: Office[] = [];
  for (const [node, own] of samples) {
    let current: { node: string; term: number; start: number; end: number } | undefined;
    for (const { time, term, leader } of own) {
      const leads = leader === node && term !== undefined;
      if (current !== undefined && leads && current.term === term && time - current.end <= GAP_US_MAX) {
        current.end = time;
        continue;
      }
      // A sample that contradicts ends the office; where it did in truth is between the two.
      if (current !== undefined && time - current.end <= GAP_US_MAX) current.end = time;
      current = leads ? { node, term, start: time, end: time } : undefined;
      if (current !== undefined) offices.push(current);
    }
  }
  return offices.sort((a, b) => a.start - b.start);
}
