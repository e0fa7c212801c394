/** The steps that still fail, and the failure. */
export interface Shrunk<Step> {
  readonly steps: readonly Step[];
  readonly failure: string;
}

/**
 * Shortens a failing run and simplifies its steps while it fails in any way: drops sequences of steps, from half the
 * run down to single ones (Zeller & Hildebrandt, "Simplifying and isolating failure-inducing input", 2002), then parts
 * of the steps.
 * @param options.fails returns the failure of a run, or undefined
 * @param options.goOn returns false when there is no time for another attempt
 */
export async function shrink<Step>(
  found: Shrunk<Step>,
  options: {
    readonly fails: (steps: readonly Step[]) => Promise<string | undefined>;
    readonly simpler: (step: Step) => Iterable<Step>;
    readonly goOn: () => boolean;
  },
): Promise<Shrunk<Step>> {
  let best = found;
  const isBetter = async (steps: readonly Step[]): Promise<boolean> => {
    const failure = await options.fails(steps);
    if (failure !== undefined) best = { steps, failure };
    return failure !== undefined;
  };
  for (
    let size = Math.ceil(best.steps.length / 2);
    size >= 1 && options.goOn();
    size = size > 1 ? Math.ceil(size / 2) : 0
  ) {
    for (let at = 0; at < best.steps.length && options.goOn();) {
      const without = [...best.steps.slice(0, at), ...best.steps.slice(at + size)];
      if (without.length === 0 || !(await isBetter(without))) at += size;
    }
  }
  for (let at = 0; at < best.steps.length; at += 1) {
    let changed = true;
    while (changed && options.goOn()) {
      changed = false;
      const step = best.steps[at];
      if (step === undefined) break;
      for (const candidate of options.simpler(step)) {
        if (!options.goOn()) break;
        changed = await isBetter(best.steps.map((each, index) => (index === at ? candidate : each)));
        if (changed) break;
      }
    }
  }
  return best;
}

/** A value with one field or element less, at any depth, the outermost first. */
export function* withoutOne<Value>(value: Value): Generator<Value> {
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  const entries = Object.entries(value) as [string, unknown][];
  const from = (kept: readonly (readonly [string, unknown])[]): Value =>
    (isList ? kept.map(([, held]) => held) : Object.fromEntries(kept)) as Value;
  for (const [name] of entries) yield from(entries.filter(([other]) => other !== name));
  for (const [name, held] of entries) {
    for (const smaller of withoutOne(held)) {
      yield from(entries.map(([other, kept]) => [other, other === name ? smaller : kept]));
    }
  }
}
