import { createHash } from 'node:crypto';
import { el, jsonElement, textOf, trusted, type Markup } from './markup.js';
import { runDataOf, type ReportInput } from './run-data.js';
import { SCRIPT } from './script.js';
import { anomalySection } from './sections/anomalies.js';
import { head } from './sections/head.js';
import { repeatSection } from './sections/repeat.js';
import { summarySection } from './sections/summary.js';
import { timeline } from './sections/timeline.js';
import { verdictSection } from './sections/verdicts.js';
import { STYLE } from './style.js';

/**
 * The report of one run as a whole HTML page, which loads nothing else. Its content security policy forbids any connection
 * and any script but ours, so text from a history can do no harm. Its size is bounded: calls share dots, and lists are cut.
 */
export function renderReport(input: ReportInput): string {
  const data = runDataOf(input);
  const { workload, nemesis } = data.header;
  const { section, data: readout } = timeline(data);
  const anomalies = anomalySection(data);
  const page = el(
    'html',
    { lang: 'en' },
    el(
      'head',
      {},
      el('meta', { charset: 'utf-8' }),
      el('meta', { 'http-equiv': 'Content-Security-Policy', content: policy() }),
      el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      el('meta', { name: 'color-scheme', content: 'light dark' }),
      el('title', {}, `${workload} × ${nemesis}`),
      trusted(`<style>${STYLE}</style>`),
    ),
    el(
      'body',
      {},
      el('a', { class: 'skip', href: '#summary' }, 'Skip to the summary'),
      el(
        'main',
        {},
        head(data),
        contents(anomalies !== undefined),
        summarySection(data),
        verdictSection(data),
        anomalies,
        section,
        repeatSection(data),
      ),
      jsonElement('timeline-data', readout),
      trusted(`<script>${SCRIPT}</script>`),
    ),
  );
  return `<!doctype html>\n${textOf(page)}\n`;
}

function contents(withAnomalies: boolean): Markup {
  const names = ['summary', 'verdicts', ...(withAnomalies ? ['anomalies'] : []), 'timeline', 'repeat'];
  return el(
    'nav',
    { 'aria-label': 'Sections' },
    names.map((name) => el('a', { href: `#${name}` }, `${name[0]?.toUpperCase()}${name.slice(1)}`)),
  );
}

function policy(): string {
  const hash = createHash('sha256').update(SCRIPT).digest('base64');
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
}
