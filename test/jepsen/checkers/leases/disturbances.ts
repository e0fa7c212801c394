import type { History } from '../../history/history.js';

const US_PER_MS = 1000;

/** A time in which a fault was active or the machine stood still, or a moment at which the leader changed, in µs. */
export interface Disturbance {
  readonly from: number;
  readonly to: number;
}

/** Faults, times for which the run's own process stood still, and changes of the leader, in the order of their starts. A fault without an end lasts until the next heal, or for ever. */
export function disturbancesOf({ events }: Pick<History, 'events'>): Disturbance[] {
  const found: Disturbance[] = [];
  const active = new Map<string, number[]>();
  let leader: unknown;
  const end = (f: string, to: number): void => {
    const from = active.get(f)?.shift();
    if (from !== undefined) found.push({ from, to });
  };
  for (const { process, f, phase, time, value } of events) {
    if (process === 'nemesis') {
      if (f === 'heal') for (const [name, starts] of active) while (starts.length > 0) end(name, time);
      else if (phase === 'end') end(f, time);
      else active.set(f, [...(active.get(f) ?? []), time]);
    } else if (process === 'cluster' && f === 'stall') {
      const { ms = 0 } = (value ?? {}) as { readonly ms?: number };
      found.push({ from: time - ms * US_PER_MS, to: time });
    } else if (process === 'cluster' && f === 'status') {
      const status = value as { readonly leader?: unknown; readonly term?: unknown } | undefined;
      if (typeof status?.leader !== 'string') continue;
      const seen = `${status.leader} ${String(status.term)}`;
      if (leader !== undefined && leader !== seen) found.push({ from: time, to: time });
      leader = seen;
    }
  }
  for (const [name, starts] of active) while (starts.length > 0) end(name, Infinity);
  return found.sort((a, b) => a.from - b.from || a.to - b.to);
}
