import type { Bin } from '../bins.js';
import { short } from '../figures.js';
import { el, type Markup } from '../markup.js';
import type { RunData } from '../run-data.js';
import { linear } from '../scales.js';
import { plot, timeScale } from './frame.js';

const HEIGHT = 150;

/** Calls a second in each interval: served ones as an area, failed and unknown ones as bars upon it. */
export function throughputPlot({ faults, duration }: RunData, bins: readonly Bin[]): Markup {
  const x = timeScale(duration);
  const rate = (calls: number, { start, end }: Bin): number => (calls * 1_000_000) / Math.max(1, end - start);
  const highest = bins.reduce((most, bin) => Math.max(most, rate(bin.served + bin.failed + bin.unknown, bin)), 1);
  const y = linear(0, highest, { from: HEIGHT + 8, to: 14 }, 4);
  const layers = ['served', 'failed', 'unknown'].map((name) => el('path', { class: `rate ${name}`, d: steps(name) }));
  return plot(
    {
      id: 'throughput',
      title: 'Calls a second by outcome',
      description: `Completed calls in each interval, at most ${short(highest)} a second. The table below has the figures.`,
      height: HEIGHT,
      duration,
      faults,
      vertical: y,
      tickText: short,
    },
    layers,
  );

  function steps(name: string): string {
    return bins
      .map((bin) => {
        const below = name === 'served' ? 0 : name === 'failed' ? bin.served : bin.served + bin.failed;
        const own = name === 'served' ? bin.served : name === 'failed' ? bin.failed : bin.unknown;
        if (own === 0) return '';
        const [left, right] = [x(bin.start).toFixed(1), x(bin.end).toFixed(1)];
        const [bottom, top] = [y(rate(below, bin)).toFixed(1), y(rate(below + own, bin)).toFixed(1)];
        return `M${left} ${bottom}V${top}H${right}V${bottom}z`;
      })
      .join('');
  }
}
