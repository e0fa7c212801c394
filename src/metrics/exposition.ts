import type { Histogram } from './histogram.js';

export type Labels = Readonly<Record<string, string>>;

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes metrics in Prometheus's text format, version 0.0.4. */
export class Exposition {
  readonly #lines: string[] = [];

  gauge(name: string, help: string, value: number | undefined, labels: Labels = {}): void {
    if (value !== undefined) this.family('gauge', { name, help, samples: [{ labels, value }] });
  }

  counter(name: string, help: string, value: number, labels: Labels = {}): void {
    this.family('counter', { name, help, samples: [{ labels, value }] });
  }

  /** One metric with its samples, which differ in their labels. Writes nothing if there is none. */
  family(
    type: 'gauge' | 'counter',
    family: {
      readonly name: string;
      readonly help: string;
      readonly samples: readonly { readonly labels: Labels; readonly value: number }[];
    },
  ): void {
    const { name, help, samples } = family;
    if (samples.length === 0) return;
    this.#head(type, name, help);
    for (const { labels, value } of samples) this.#sample(name, labels, value);
  }

  histogram(name: string, help: string, histogram: Histogram): void {
    this.histograms({ name, help, samples: [{ labels: {}, histogram }] });
  }

  /** One metric with its histograms, which differ in their labels. Writes nothing if there is none. */
  histograms(family: {
    readonly name: string;
    readonly help: string;
    readonly samples: readonly { readonly labels: Labels; readonly histogram: Histogram }[];
  }): void {
    const { name, help, samples } = family;
    if (samples.length === 0) return;
    this.#head('histogram', name, help);
    for (const { labels, histogram } of samples) {
      const cumulative = histogram.cumulative();
      for (const [index, bound] of [...histogram.bounds, Infinity].entries()) {
        this.#sample(`${name}_bucket`, { ...labels, le: numberText(bound) }, cumulative[index] ?? 0);
      }
      this.#sample(`${name}_sum`, labels, histogram.sum);
      this.#sample(`${name}_count`, labels, cumulative.at(-1) ?? 0);
    }
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #head(type: string, name: string, help: string): void {
    this.#lines.push(`# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}`, `# TYPE ${name} ${type}`);
  }

  #sample(name: string, labels: Labels, value: number): void {
    const texts = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    this.#lines.push(`${name}${texts.length === 0 ? '' : `{${texts.join(',')}}`} ${numberText(value)}`);
  }
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}
