import { drawOptions, type SimOptions } from './options.js';
import { withOverrides, type Overrides } from './overrides.js';

// What is given to the programs of this folder by variables: make passes them on.

/** @throws RangeError for what is no number */
export function numberOf(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`${name}=${text} is no number`);
  return value;
}

/** What is drawn from a seed, with OPTIONS put over it. */
export function optionsOf(seed: number): SimOptions {
  const given = process.env['OPTIONS'];
  return given === undefined ? drawOptions(seed) : withOverrides(drawOptions(seed), JSON.parse(given) as Overrides);
}
