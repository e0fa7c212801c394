import { textOf, UsageError } from '../support/program.js';
import { checkOverrides } from './check-overrides.js';
import { drawOptions, type SimOptions } from './options.js';
import { withOverrides } from './overrides.js';

/**
 * How the options come from a seed: drawn, with what the variable OPTIONS holds, which make passes on, put over them.
 * @throws UsageError where it holds what are no options
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
