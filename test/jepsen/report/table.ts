import { el, type Child, type Markup } from './markup.js';

export interface Column {
  readonly name: string;
  /** Aligned to the right, with digits of one width. */
  readonly number?: boolean;
  /** Long text, which may break anywhere. */
  readonly long?: boolean;
}

export interface Row {
  readonly cells: readonly Child[];
  readonly emphasised?: boolean;
}

/** A table whose first cells name their rows. It scrolls within its frame where the page is too narrow. */
export function table(name: string, columns: readonly Column[], rows: readonly Row[]): Markup {
  const classOf = ({ number, long }: Column): string | undefined => (number ? 'number' : long ? 'value' : undefined);
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': name },
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          columns.map((column) => el('th', { scope: 'col', class: classOf(column) }, column.name)),
        ),
      ),
      el(
        'tbody',
        {},
        rows.map(({ cells, emphasised }) =>
          el(
            'tr',
            { class: emphasised === true ? 'emphasised' : undefined },
            columns.map((column, at) =>
              el(at === 0 ? 'th' : 'td', { scope: at === 0 ? 'row' : undefined, class: classOf(column) }, cells[at]),
            ),
          ),
        ),
      ),
    ),
  );
}
