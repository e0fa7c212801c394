import { UsageError } from '../support/program.js';
import { FAULT_KINDS, OPERATION_KINDS, type SimOptions } from './options.js';
import type { Overrides } from './overrides.js';

/** Options that may be overridden in part; all others only as a whole. */
const PARTIAL: ReadonlySet<string> = new Set(['', 'node', 'network', 'mix', 'faults', 'operations']);

/**
 * Checks that overrides have the shape of the options. A mistyped name would silently change nothing.
 * @throws UsageError with one line that names the option
 */
export function checkOverrides(overrides: unknown, drawn: SimOptions): Overrides {
  const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, { everyMs: 1, lastsMs: 1 }]));
  const operations = Object.fromEntries(OPERATION_KINDS.map((kind) => [kind, 1]));
  check('', overrides, { ...drawn, faults, operations });
  return overrides as Overrides;
}

/** A value must have the shape of the one that it replaces. */
function check(path: string, value: unknown, model: unknown): void {
  if (Array.isArray(model)) {
    if (!Array.isArray(value) || value.length !== model.length) throw wrong(path, `${model.length} values are needed`);
    for (const [index, each] of value.entries()) check(`${path}[${index}]`, each, model[index]);
  } else if (isObject(model)) {
    if (!isObject(value)) throw wrong(path, `an object is needed, as in ${JSON.stringify(exampleOf(model))}`);
    const missing = PARTIAL.has(path) ? undefined : Object.keys(model).find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) throw wrong(path, `${missing} is missing`);
    for (const [name, each] of Object.entries(value)) {
      if (!Object.hasOwn(model, name)) throw wrong(path, `there is no ${name}, only ${Object.keys(model).join(', ')}`);
      check(path === '' ? name : `${path}.${name}`, each, model[name]);
    }
  } else if (typeof value !== typeof model || (typeof value === 'number' && value < 0)) {
    const needed = typeof model === 'number' ? 'a number from 0 on' : `a ${typeof model}`;
    throw wrong(path, `${JSON.stringify(value)} is not ${needed}`);
  }
}

function exampleOf(model: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(model).slice(0, 2));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(path: string, why: string): UsageError {
  return new UsageError(`OPTIONS${path === '' ? '' : `, ${path}`}: ${why}`);
}
