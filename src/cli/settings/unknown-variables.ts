import { SETTING_NAMES } from '../../server/settings/table.js';
import { nearest } from '../../util/suggestion.js';
import { clientVariables } from '../parsing/client-options.js';
import type { Streams } from '../process/streams.js';
import { FILE_VARIABLE, variableOf, type Variables } from './variables.js';

/** Variables that `lock` and `watch` set for the command that they run. */
const FOR_CHILDREN = ['LOCK_KEY', 'LOCK_REV', 'EVENT_TYPE', 'EVENT_REVISION', 'EVENT_KEY', 'EVENT_VALUE'];

/** Variables that Kubernetes and Docker set for a service with the name of this program. */
const OF_A_SERVICE = /^RAFTKV_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_|$)/;

/** A variable with the prefix of settings that no setting has: likely a typing error of the similar name, if there is one. */
export interface UnknownVariable {
  readonly variable: string;
  readonly similar: string | undefined;
}

export function unknownVariables(variables: Variables): readonly UnknownVariable[] {
  const settings = new Set([...SETTING_NAMES.map(variableOf), FILE_VARIABLE, ...clientVariables()]);
  const known = new Set([...settings, ...FOR_CHILDREN.map((name) => `RAFTKV_${name}`)]);
  return Object.keys(variables)
    .filter((name) => name.startsWith('RAFTKV_') && !known.has(name) && !OF_A_SERVICE.test(name))
    .map((variable) => ({ variable, similar: nearest(variable, settings) }));
}

/** Prints one line for each unknown variable. */
export function warnOfVariables({ variables, stderr }: Pick<Streams, 'variables' | 'stderr'>): void {
  for (const { variable, similar } of unknownVariables(variables)) {
    const hint = similar === undefined ? '' : ` (did you mean ${similar}?)`;
    stderr.write(`raftkv: warning: unknown environment variable ${variable}${hint}\n`);
  }
}
