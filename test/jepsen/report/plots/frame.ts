import type { Fault } from '../faults.js';
import { span } from '../figures.js';
import { el, type Child, type Markup } from '../markup.js';
import { linear, timeTicks, type Scale } from '../scales.js';

export const WIDTH = 1160;
/** Horizontal extent of all plots over time, so that they line up. */
export const LEFT = 96;
export const RIGHT = WIDTH - 16;
const AXIS = 26;

export interface PlotOptions {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What the plot shows, in a sentence for readers who cannot see it. */
  readonly description: string;
  /** Height of the area of the data. */
  readonly height: number;
  readonly duration: number;
  /** Shaded behind the data. */
  readonly faults?: readonly Fault[];
  readonly vertical?: Scale;
  /** Text of a mark of the vertical scale. */
  readonly tickText?: (value: number) => string;
}

export function timeScale(duration: number): Scale {
  return Object.assign(linear(0, duration, { from: LEFT, to: RIGHT }), { ticks: timeTicks(duration) });
}

/** A drawing with time to the right, whose vertical extent is 8 to 8 + height. */
export function plot(options: PlotOptions, ...content: readonly Child[]): Markup {
  const { id, title, description, height, duration, faults = [], vertical, tickText = String } = options;
  const x = timeScale(duration);
  const bottom = height + 8;
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title },
    el(
      'svg',
      {
        class: 'plot timed',
        viewBox: `0 0 ${WIDTH} ${bottom + AXIS}`,
        role: 'img',
        'aria-labelledby': `${id}-title ${id}-text`,
        'data-duration': duration,
      },
      el('title', { id: `${id}-title` }, title),
      el('desc', { id: `${id}-text` }, description),
      shades(faults, x, bottom),
      (vertical?.ticks ?? []).map((tick) => [
        el('line', { class: 'grid', x1: LEFT, x2: RIGHT, y1: vertical?.(tick), y2: vertical?.(tick) }),
        el(
          'text',
          { class: 'tick', x: LEFT - 10, y: (vertical?.(tick) ?? 0) + 4, 'text-anchor': 'end' },
          tickText(tick),
        ),
      ]),
      el('line', { class: 'axis', x1: LEFT, x2: RIGHT, y1: bottom, y2: bottom }),
      x.ticks.map((tick) => [
        el('line', { class: 'axis', x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4 }),
        el('text', { class: 'tick', x: x(tick), y: bottom + 18, 'text-anchor': 'middle' }, tickLabel(tick)),
      ]),
      content,
    ),
  );
}

function tickLabel(us: number): string {
  return us === 0 ? '0' : span(us);
}

/** Times with any fault, merged where the gap between them could not be seen. */
function shades(faults: readonly Fault[], x: Scale, bottom: number): Markup[] {
  const merged: { from: number; to: number }[] = [];
  for (const { start, end } of faults) {
    const last = merged.at(-1);
    const [from, to] = [x(start), Math.max(x(end), x(start) + 0.5)];
    if (last !== undefined && from <= last.to + 0.5) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged.map(({ from, to }) =>
    el('rect', { class: 'shade', x: from, y: 8, width: to - from, height: bottom - 8 }),
  );
}

/** Corners of a line without strokes across gaps; points whose value is undefined leave one. */
export function linePath(points: readonly { readonly x: number; readonly y: number | undefined }[]): string {
  let path = '';
  let drawing = false;
  for (const { x, y } of points) {
    if (y !== undefined) path += `${drawing ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    drawing = y !== undefined;
  }
  return path;
}
