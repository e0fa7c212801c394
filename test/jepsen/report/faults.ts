import type { HistoryEvent } from '../history/event.js';

/** A fault, from its injection until it was undone. */
export interface Fault {
  /** `kill`, `pause`, `partition` … */
  readonly kind: string;
  /** What it affects, as the nemesis described it. */
  readonly targets: unknown;
  /** µs since the start of the run. */
  readonly start: number;
  /** µs; the end of the run if it was never undone. */
  readonly end: number;
  readonly undone: boolean;
}

export interface Faults {
  /** In the order of their beginning. */
  readonly faults: readonly Fault[];
  /** Times at which everything was healed, µs. */
  readonly heals: readonly number[];
}

/** @param end of the run, µs */
export function faultsOf(events: readonly HistoryEvent[], end: number): Faults {
  const heals: number[] = [];
  const open: { kind: string; targets: unknown; start: number }[] = [];
  const faults: Fault[] = [];
  const close = (at: number, time: number, undone: boolean): void => {
    for (const { kind, targets, start } of open.splice(at, 1)) faults.push({ kind, targets, start, end: time, undone });
  };
  for (const { process, f, value, time, phase } of events) {
    if (process !== 'nemesis') continue;
    if (f === 'heal') {
      if (phase !== 'end') heals.push(time);
      while (open.length > 0) close(0, time, true);
    } else if (phase === 'end') {
      const at = matching(open, f, value);
      if (at >= 0) close(at, time, true);
    } else {
      open.push({ kind: f, targets: value, start: time });
    }
  }
  while (open.length > 0) close(0, end, false);
  return { faults: faults.sort((a, b) => a.start - b.start), heals };
}

/** The fault that an end belongs to: of its kind, with the same targets if any has them, else the oldest. */
function matching(open: readonly { kind: string; targets: unknown }[], kind: string, targets: unknown): number {
  const same = JSON.stringify(targets);
  const exact = open.findIndex((each) => each.kind === kind && JSON.stringify(each.targets) === same);
  return exact >= 0 ? exact : open.findIndex((each) => each.kind === kind);
}
