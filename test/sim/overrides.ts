import type { SimOptions } from './options.js';

/** Options that replace drawn ones: whole values, except for groups, which are merged field by field. */
export type Overrides = Partial<Omit<SimOptions, 'node' | 'network' | 'mix'>> & {
  readonly node?: Partial<SimOptions['node']>;
  readonly network?: Partial<SimOptions['network']>;
  readonly mix?: Partial<SimOptions['mix']>;
};

export function withOverrides(options: SimOptions, overrides: Overrides): SimOptions {
  return {
    ...options,
    ...overrides,
    node: { ...options.node, ...overrides.node },
    network: { ...options.network, ...overrides.network },
    mix: { ...options.mix, ...overrides.mix },
  };
}

/** The overrides that turn the first options into the second. */
export function differences(from: SimOptions, to: SimOptions): Overrides {
  const { node: fromNode, network: fromNetwork, mix: fromMix, ...fromRest } = from;
  const { node, network, mix, ...rest } = to;
  return {
    ...changed(fromRest, rest),
    ...grouped('node', changed(fromNode, node)),
    ...grouped('network', changed(fromNetwork, network)),
    ...grouped('mix', changed(fromMix, mix)),
  };
}

function grouped<Name extends string, T extends object>(name: Name, fields: T): Partial<Record<Name, T>> {
  return Object.keys(fields).length === 0 ? {} : ({ [name]: fields } as Record<Name, T>);
}

function changed<T extends object>(from: T, to: T): Partial<T> {
  const names = Object.keys(to) as (keyof T)[];
  const different = names.filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]));
  return Object.fromEntries(different.map((name) => [name, to[name]])) as Partial<T>;
}
