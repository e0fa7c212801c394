import type { History } from '../history/history.js';

/** How fast the clocks of members may have run, as multiples of the clock of the clients. */
export interface ClockRates {
  /** At most 1. */
  readonly slowest: number;
  /** At least 1. */
  readonly fastest: number;
}

/** From the faults `clock-drift`, whose value is the rate by member. Without them all clocks run at the same rate. */
export function clockRates({ events }: Pick<History, 'events'>): ClockRates {
  const rates = [1];
  for (const { process, f, value } of events) {
    if (process !== 'nemesis' || f !== 'clock-drift' || typeof value !== 'object' || value === null) continue;
    for (const rate of Object.values(value)) if (typeof rate === 'number' && rate > 0) rates.push(rate);
  }
  return { slowest: Math.min(...rates), fastest: Math.max(...rates) };
}
