import { valueText } from '../figures.js';
import { el, type Markup } from '../markup.js';
import type { RunData } from '../run-data.js';
import { table } from '../table.js';

/** How to make the run again, how to check the history, and the options. */
export function repeatSection({ header, summary }: RunData): Markup {
  const { workload, nemesis, nodes, seed, target, net, options } = header;
  const variables = [
    `WORKLOAD=${workload}`,
    `NEMESIS=${nemesis}`,
    `TIME=${Math.max(1, Math.round(summary.seconds))}`,
    `NODES=${nodes}`,
    `SEED=${seed}`,
    ...(target === 'raftkv' ? [] : [`TARGET=${target}`]),
    ...(net === 'proxy' ? [] : [`NET=${net}`]),
    ...(summary.options['tls'] === true ? ['TLS=1'] : []),
    ...(summary.options['auth'] === true ? ['AUTH=1'] : []),
    ...(summary.options['rpcHost'] === undefined ? [] : [`RPC_HOST=${String(summary.options['rpcHost'])}`]),
    ...(summary.options['flags'] === undefined ? [] : [`FLAGS='${String(summary.options['flags'])}'`]),
  ];
  const all = Object.entries({ ...options, ...summary.options });
  const rows = all.map(([name, value]) => ({ cells: [name, valueText(value, 200)] }));
  return el(
    'section',
    { id: 'repeat' },
    el('h2', {}, 'Repeat'),
    el('pre', { class: 'command' }, `make jepsen ${variables.join(' ')}\nnpm run check-history -- history.jsonl`),
    el(
      'p',
      { class: 'note' },
      'The seed fixes the calls and the faults; the timing of real processes differs from run to run.',
    ),
    rows.length === 0 ? undefined : table('Options', [{ name: 'option' }, { name: 'value', long: true }], rows),
  );
}
