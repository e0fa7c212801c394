import { textOf, UsageError } from '../support/program.js';
import { checkOverrides } from './check-overrides.js';
import { drawOptions, type SimOptions } from './options.js';
import { withOverrides } from './overrides.js';

/**
 * Draws the options of a seed, and applies the overrides in the variable OPTIONS, which make passes on.
 * @throws UsageError if the variable does not hold valid options
 */
export function optionsOf(seed: number): SimOptions {
  const drawn = drawOptions(seed);
  const text = textOf('OPTIONS');
  if (text === undefined) return drawn;
  let overrides: unknown;
  try {
    overrides = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`OPTIONS=${text}: ${(error as SyntaxError).message}`, { cause: error });
  }
  return withOverrides(drawn, checkOverrides(overrides, drawn));
}
