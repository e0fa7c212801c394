import { validOf } from '../../history/summary.js';
import { counted } from '../figures.js';
import { el, type Markup } from '../markup.js';
import type { RunData } from '../run-data.js';

/** The name of the run, the verdict in a few words, and the switch between light and dark. */
export function head({ header, verdicts, summary }: RunData): Markup {
  const { workload, nemesis, nodes, seed, target, net, commit, started } = header;
  const facts = [
    `${counted(nodes, 'member')} of ${target}`,
    `seed ${seed}`,
    net === 'netns' ? 'network namespaces' : 'TCP proxy',
    `commit ${commit.slice(0, 12)}`,
    started.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'),
  ];
  return el(
    'header',
    {},
    el(
      'div',
      { class: 'title' },
      el('p', { class: 'kind' }, 'Fault test on real processes'),
      el('h1', {}, workload, el('span', { class: 'times', 'aria-label': 'under' }, ' × '), nemesis),
      el(
        'p',
        { class: 'facts' },
        facts.map((fact) => [el('span', {}, fact), ' ']),
      ),
    ),
    themeSwitch(),
    banner({ verdicts, summary }),
  );
}

/** Radio buttons, which also work without the script. */
function themeSwitch(): Markup {
  const choices = ['auto', 'light', 'dark'].map((name) =>
    el(
      'label',
      {},
      el('input', { type: 'radio', name: 'theme', id: `theme-${name}`, value: name, checked: name === 'auto' }),
      el('span', {}, name),
    ),
  );
  return el('fieldset', { class: 'theme' }, el('legend', { class: 'hidden' }, 'Colour scheme'), choices);
}

function banner({ verdicts, summary }: Pick<RunData, 'verdicts' | 'summary'>): Markup {
  const valid = validOf(summary);
  const anomalies = verdicts.reduce((sum, each) => sum + each.anomalies.length, 0);
  const names = [...new Set(verdicts.flatMap((each) => each.anomalies.map(({ name }) => name)))];
  const checkers = counted(verdicts.length, 'checker');
  const lines: Readonly<Record<string, readonly [string, string]>> = {
    true: ['No anomaly found', `${checkers} accepted ${counted(summary.operations, 'operation')}.`],
    false: [
      anomalies === 0 ? 'The run failed' : `${counted(anomalies, 'anomaly', 'anomalies')} found`,
      names.length === 0
        ? 'No checker named an anomaly.'
        : `${names.slice(0, 6).join(', ')}${names.length > 6 ? ' …' : ''}`,
    ],
    unknown: ['Undecided', 'No anomaly was found, but a checker could not decide.'],
  };
  const [title, text] = lines[String(valid)] ?? ['', ''];
  return el(
    'div',
    { class: `banner ${wordOf(valid)}`, role: 'status' },
    icon(valid),
    el('div', {}, el('strong', {}, title), el('span', {}, text), failure(summary.error)),
  );
}

function failure(error: string | undefined): Markup | undefined {
  return error === undefined ? undefined : el('pre', { class: 'story' }, error.slice(0, 4000));
}

export function wordOf(valid: boolean | 'unknown'): string {
  if (valid === 'unknown') return 'undecided';
  return valid ? 'valid' : 'invalid';
}

/** A shape for each verdict, so that colour is not the only sign. */
export function icon(valid: boolean | 'unknown'): Markup {
  const paths = {
    valid: 'M6.5 12.5l3.5 3.5l7.5-8',
    invalid: 'M8 8l8 8m0-8l-8 8',
    undecided: 'M9 9.5a3 3 0 1 1 3 3.4v1.2m0 2.6v.2',
  };
  const word = wordOf(valid);
  return el(
    'svg',
    { class: `icon ${word}`, viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    el('circle', { cx: 12, cy: 12, r: 11 }),
    el('path', { d: paths[word as keyof typeof paths] }),
  );
}
