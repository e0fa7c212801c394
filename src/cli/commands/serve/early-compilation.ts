import { setFlagsFromString } from 'node:v8';

/** From Node 22 on, V8 counts calls of a function in place of the bytes of its code that run. */
const NODE_WITHOUT_BUDGET = 22;

/**
 * Lets V8 compile code after a quarter of the runs that it waits for by default, and nothing be interpreted. Calls that
 * come one at a time run each function once: with the defaults, a member needs several thousand of them until its code
 * is compiled (docs/PERFORMANCE.md). For the process of `raftkv serve` only: an embedding program sets its own flags.
 */
export function compileEarly({ nodeVersion = process.versions.node, setFlag = setFlagsFromString } = {}): void {
  setFlag('--always-sparkplug');
  if (Number.parseInt(nodeVersion, 10) < NODE_WITHOUT_BUDGET) setFlag('--interrupt-budget=15000');
}
