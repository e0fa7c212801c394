import type { Labels } from '../../metrics/exposition.js';
import { Histogram } from '../../metrics/histogram.js';

/** Histograms of one metric, by the values of its labels. */
export class LabelledHistograms<Label extends string> {
  readonly #bounds: readonly number[];
  readonly #byLabels = new Map<string, { readonly labels: Labels; readonly histogram: Histogram }>();

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  of(labels: Readonly<Record<Label, string>>): Histogram {
    const key = Object.values(labels).join('\0');
    const found = this.#byLabels.get(key);
    if (found !== undefined) return found.histogram;
    const histogram = new Histogram(this.#bounds);
    this.#byLabels.set(key, { labels, histogram });
    return histogram;
  }

  samples(): readonly { readonly labels: Labels; readonly histogram: Histogram }[] {
    return [...this.#byLabels.values()];
  }
}
