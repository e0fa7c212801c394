import { figuresOf } from '../figures.js';

/** One way to do the same work. */
export interface Variant {
  readonly id: string;
  readonly title: string;
  run(seconds: number): Promise<Measured>;
}

export interface Measured {
  /** Units of work a second. */
  readonly rate: number;
  /** Processor time of a unit of work, in µs. */
  readonly memberUs: number;
  /** The same of the client, where it is measured. */
  readonly clientUs?: number;
}

/** Medians of the rounds. */
export interface Line extends Measured {
  readonly id: string;
  readonly title: string;
  readonly rates: readonly number[];
}

/** Measures variants of one work in rounds of alternating order, after one that warms up. */
export async function compare(
  variants: readonly Variant[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly Line[]> {
  const results = new Map<string, Measured[]>(variants.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { id, run } of round % 2 === 0 ? variants : variants.toReversed()) {
      const measured = await run(round === 0 ? Math.min(1, seconds) : seconds);
      if (round > 0) results.get(id)?.push(measured);
    }
  }
  return variants.map(({ id, title }) => {
    const all = results.get(id) ?? [];
    const median = (values: readonly number[]): number => figuresOf(values).median;
    const clientUs = all.flatMap((each) => each.clientUs ?? []);
    return {
      ...{ id, title, rate: median(all.map(({ rate }) => rate)), memberUs: median(all.map((each) => each.memberUs)) },
      ...(clientUs.length > 0 && { clientUs: median(clientUs) }),
      rates: all.map(({ rate }) => Math.round(rate)),
    };
  });
}

/** Text of the lines; shares are of the first. */
export function describe(lines: readonly Line[]): string {
  const [first] = lines;
  return lines
    .map(({ title, rate, memberUs, clientUs }) => {
      const share = `${((100 * rate) / (first?.rate ?? rate)).toFixed(1)} %`;
      const client = clientUs === undefined ? '' : `, ${clientUs.toFixed(1)} µs of the client`;
      return `${title}: ${Math.round(rate).toLocaleString('en-US')}/s (${share}), ${memberUs.toFixed(1)} µs of the member${client}`;
    })
    .join('\n');
}
