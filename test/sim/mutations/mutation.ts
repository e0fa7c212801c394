import type { Patch } from '../bundle.js';
import type { FaultKind, OperationKind, Pace, SimOptions } from '../options.js';

/** A bug that is planted on purpose, to see that the simulator finds it. */
export interface Mutation {
  readonly name: string;
  /** What it breaks, and where it is known from. */
  readonly story: string;
  readonly patches: readonly Patch[];
  /** What must be drawn for it to show: laid over the options of a seed. */
  readonly profile: Profile;
}

export type Profile = (drawn: SimOptions) => SimOptions;

/** How often some things happen and how long each lasts, in virtual ms. */
export function often(kinds: readonly FaultKind[], pace: Pace = { everyMs: 1200, lastsMs: 800 }): SimOptions['faults'] {
  return Object.fromEntries(kinds.map((kind) => [kind, pace]));
}

export function operator(kinds: readonly OperationKind[], everyMs = 2000): SimOptions['operations'] {
  return Object.fromEntries(kinds.map((kind) => [kind, everyMs]));
}

/** Options with other values in some places. Members of `node` and `network` are laid over one by one. */
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

/** A patch that takes a piece of the source out, or puts another in its place. */
export function patch(file: string, find: string, replace = ''): Patch {
  return { file, find, replace };
}
