import { moment } from '../figures.js';
import { el, type Markup } from '../markup.js';
import { textOf } from './label.js';
import { layOut, type Bar, type Mark } from './layout.js';
import type { Selection } from './select.js';

const LEFT = 118;
const LANE = 38;
const BAR = 26;
const TOP = 34;
/** Distance of two times on the axis. */
const TIME_ROOM = 84;

/** One lane a process, one bar a call from its start to its end, with what it asked and got. */
export function laneDiagram({ operations, emphasised }: Selection, id: string): Markup {
  const { bars, marks, processes, right } = layOut(operations, LEFT);
  const bottom = TOP + processes.length * LANE;
  const middle = (lane: number): number => TOP + lane * LANE + LANE / 2;
  const width = right + 12;
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Calls around the anomaly' },
    el(
      'svg',
      {
        class: 'lanes',
        viewBox: `0 0 ${width} ${bottom + 8}`,
        width,
        height: bottom + 8,
        role: 'img',
        'aria-labelledby': `${id}-title`,
      },
      el('title', { id: `${id}-title` }, 'Calls around the anomaly, one lane a process. The table below lists them.'),
      spaced(marks).map(({ x, time }) => [
        el('text', { class: 'tick', x, y: 14, 'text-anchor': 'middle' }, moment(time)),
        el('line', { class: 'grid', x1: x, x2: x, y1: 20, y2: bottom }),
      ]),
      processes.map((process, lane) => [
        el('text', { class: 'row-name', x: 12, y: middle(lane) + 4 }, `process ${process}`),
        el('line', { class: 'grid', x1: LEFT - 8, x2: right, y1: middle(lane), y2: middle(lane) }),
      ]),
      bars.map((bar) => drawnBar(bar, emphasised.has(bar.operation), middle(bar.lane))),
    ),
  );
}

function drawnBar({ operation, from, to, label }: Bar, emphasised: boolean, y: number): Markup {
  const open = operation.outcome === 'unknown';
  const kind = `bar ${operation.outcome}${emphasised ? ' emphasised' : ''}`;
  const node = operation.call.node ?? operation.answer?.node;
  const place = node === undefined ? '' : ` at ${node}`;
  const times = `${moment(operation.start)} – ${operation.end === undefined ? 'never answered' : moment(operation.end)}`;
  const error = operation.answer?.error === undefined ? '' : `\n${operation.answer.error}`;
  return el(
    'g',
    { class: kind },
    el('title', {}, `${textOf(operation)}${place}\n${times}${error}`),
    el('rect', { x: from, y: y - BAR / 2, width: to - from, height: BAR, rx: open ? 0 : 4 }),
    el('text', { x: from + 8, y: y + 4.5 }, label),
  );
}

/** Marks with enough room for their texts. */
function spaced(marks: readonly Mark[]): Mark[] {
  let last = -Infinity;
  return marks.filter(({ x }) => {
    if (x - last < TIME_ROOM) return false;
    last = x;
    return true;
  });
}
