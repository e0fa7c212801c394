import { defined } from '../../../src/util/assert.js';
import type { Workload } from '../run/workload.js';
import { registerWorkload } from './register.js';

/** Every workload, by its name. A run makes its own. */
const MAKERS: readonly (() => Workload)[] = [
  // The checkers are not connected yet.
  () => registerWorkload('register', 'consistent', () => []),
];

const BY_NAME: ReadonlyMap<string, () => Workload> = new Map(MAKERS.map((make) => [make().name, make]));

export const WORKLOADS: readonly string[] = [...BY_NAME.keys()];

/** @throws Error with the names that exist */
export function makeWorkload(name: string): Workload {
  return defined(BY_NAME.get(name), `a workload called ${name}; there are ${WORKLOADS.join(', ')}`)();
}
