import type { RunSummary } from '../../history/summary.js';
import { count, percent, short, span } from '../figures.js';
import { el, type Child, type Markup } from '../markup.js';
import { linear } from '../scales.js';
import type { RunData } from '../run-data.js';
import { levelRows } from './levels.js';

/** After a heal the first write must succeed within this number of election timeouts. */
export const HEAL_TIMEOUTS = 3;

export function summarySection(data: RunData): Markup {
  const { summary } = data;
  const { seconds, operations, faults, okPerSecondDuringFaults, longestGapMs } = summary;
  return el(
    'section',
    { id: 'summary' },
    el('h2', {}, 'Summary'),
    el(
      'dl',
      { class: 'tiles' },
      tile(
        'Operations',
        count(operations),
        `in ${span(seconds * 1_000_000)}, ${short(operations / Math.max(1, seconds))} a second`,
      ),
      servedTile(data),
      tile('Faults', count(faults), faultKinds(data)),
      tile(
        'During faults',
        okPerSecondDuringFaults === null ? '–' : `${short(okPerSecondDuringFaults)} /s`,
        okPerSecondDuringFaults === null ? 'no fault was active' : 'successful calls a second',
      ),
      tile('Longest gap', span(longestGapMs * 1000), 'without a successful call'),
      healTile(summary),
    ),
    levelRows(data),
  );
}

function tile(name: string, value: string, note: Child): Markup {
  return el(
    'div',
    { class: 'tile' },
    el('dt', {}, name),
    el('dd', { class: 'figure' }, value),
    el('dd', { class: 'note' }, note),
  );
}

/** A comparison that failed is an answer too, and no failure of the store. */
function servedTile({ operations }: RunData): Markup {
  const served = operations.filter((each) => each.served).length;
  const refused = operations.filter((each) => each.served && each.outcome === 'fail').length;
  const unknown = operations.filter(({ outcome }) => outcome === 'unknown').length;
  const note = `${count(operations.length - served - unknown)} failed, ${count(unknown)} unknown`;
  const comparisons = refused === 0 ? '' : `, ${count(refused)} comparisons false`;
  return tile('Served', percent(served, operations.length), note + comparisons);
}

function faultKinds({ faults }: RunData): string {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  return kinds.length === 0 ? 'none' : kinds.slice(0, 4).join(', ') + (kinds.length > 4 ? ' …' : '');
}

function healTile({
  healToFirstWriteMs,
  healsWithoutWrite,
  busyHealToFirstWriteMs = [],
  electionTimeoutMs,
}: RunSummary): Markup {
  const limit = HEAL_TIMEOUTS * electionTimeoutMs;
  const times = [...healToFirstWriteMs, ...busyHealToFirstWriteMs];
  if (times.length === 0) {
    const note = healsWithoutWrite === 0 ? 'no heal was measured' : `${healsWithoutWrite} heals without a write`;
    return tile('Heal to first write', '–', note);
  }
  const within = times.filter((ms) => ms <= limit).length;
  const busy = busyHealToFirstWriteMs.length;
  return tile('Heal to first write', span(Math.max(...times) * 1000), [
    healStrip(times, limit),
    `${within} of ${times.length + healsWithoutWrite} within ${HEAL_TIMEOUTS} election timeouts (${span(limit * 1000)})`,
    busy === 0 ? '' : `, ${busy} of them while the machine was busy with other work`,
  ]);
}

/** A dot for each heal on a line from 0, with the limit as a mark. */
function healStrip(values: readonly number[], limit: number): Markup {
  const x = linear(0, Math.max(limit * 1.08, ...values), { from: 4, to: 196 });
  return el(
    'svg',
    { class: 'strip', viewBox: '0 0 200 18', 'aria-hidden': 'true' },
    el('line', { class: 'axis', x1: 4, x2: 196, y1: 9, y2: 9 }),
    el('line', { class: 'limit', x1: x(limit), x2: x(limit), y1: 1, y2: 17 }),
    [...new Set(values.map((ms) => Math.round(x(ms))))].map((at) => el('circle', { cx: at, cy: 9, r: 3.5 })),
  );
}
