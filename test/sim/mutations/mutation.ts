import type { Patch } from '../bundle.js';
import type { FaultKind, OperationKind, Pace, SimOptions } from '../options.js';

/** A bug that is planted to check that it is found. */
export interface PlantedBug {
  readonly name: string;
  /** The effect of the bug, and its source. */
  readonly story: string;
  readonly patches: readonly Patch[];
}

/** A bug that some tests must find. */
export interface TestedBug extends PlantedBug {
  /** A file of tests, from the root of the project, and a part of the titles that count; default: all of them. */
  readonly tests: { readonly file: string; readonly titles?: string };
}

/** A bug that the simulator must find. */
export interface Mutation extends PlantedBug {
  /** Overrides of a seed's options under which the bug can show. */
  readonly profile: Profile;
}

export type Profile = (drawn: SimOptions) => SimOptions;

/** Intervals and durations of faults, in virtual ms. */
export function often(kinds: readonly FaultKind[], pace: Pace = { everyMs: 1200, lastsMs: 800 }): SimOptions['faults'] {
  return Object.fromEntries(kinds.map((kind) => [kind, pace]));
}

export function operator(kinds: readonly OperationKind[], everyMs = 2000): SimOptions['operations'] {
  return Object.fromEntries(kinds.map((kind) => [kind, everyMs]));
}

/** Options with some values replaced; fields of `node` and `network` are replaced one by one. */
export function over(
  drawn: SimOptions,
  values: Partial<Omit<SimOptions, 'node' | 'network' | 'seed'>> & {
    readonly node?: Partial<SimOptions['node']>;
    readonly network?: Partial<SimOptions['network']>;
  },
): SimOptions {
  const { node, network, ...rest } = values;
  return { ...drawn, ...rest, node: { ...drawn.node, ...node }, network: { ...drawn.network, ...network } };
}

/** A patch that removes a piece of the source, or replaces it. */
export function patch(file: string, find: string, replace = ''): Patch {
  return { file, find, replace };
}
