/** Text that is markup already, made by `el` or `trusted`. Any other text is escaped where it is put into a page. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Child = Markup | string | number | undefined | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** HTML elements without content and without an end tag. */
const VOID: ReadonlySet<string> = new Set(['meta', 'input', 'br', 'hr', 'col', 'link']);

/** An element of HTML or SVG. A number among the attributes is rounded to tenths; `true` is an attribute without a value. */
export function el(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  let start = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    start += value === true ? ` ${key}` : ` ${key}="${typeof value === 'number' ? tenths(value) : escaped(value)}"`;
  }
  return new Markup(VOID.has(name) ? `${start}>` : `${start}>${textOf(children)}</${name}>`);
}

/** Marks constant text of this project as markup. Never pass anything that comes from a history. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** An element that holds data for a script, which reads its text as JSON. */
export function jsonElement(id: string, data: unknown): Markup {
  const text = JSON.stringify(data).replaceAll('<', '\\u003c');
  return new Markup(`<script type="application/json" id="${escaped(id)}">${text}</script>`);
}

export function textOf(child: Child): string {
  if (child === undefined) return '';
  if (child instanceof Markup) return child.text;
  if (typeof child === 'string') return escaped(child);
  if (typeof child === 'number') return String(child);
  return child.map(textOf).join('');
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A coordinate, short: at most one digit after the point. */
export function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}
