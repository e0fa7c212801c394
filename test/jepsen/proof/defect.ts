import type { Patch } from '../../sim/bundle.js';

/** A bug that is planted in a server, and the run that must find it. */
export interface Defect {
  readonly name: string;
  /** The effect of the bug, and its source. */
  readonly story: string;
  readonly patches: readonly Patch[];
  readonly run: ProvingRun;
}

/** A run that is valid with the plain build, and that the planted one must fail. */
export interface ProvingRun {
  readonly workload: string;
  readonly nemesis: string;
  readonly seconds: number;
  /** Checkers that count as having found it. Others may see its effects, but are not under test. */
  readonly checkers: readonly string[];
  /** An error of the run that counts too: a fault can no longer do what it does, such as to add a member. */
  readonly failure?: RegExp;
  readonly auth?: boolean;
  readonly nodes?: number;
  /** Further flags of every member. */
  readonly flags?: readonly string[];
}

/** Runs are the same if nothing but the build differs. */
export function runKey({ workload, nemesis, seconds, auth, nodes, flags }: ProvingRun): string {
  return JSON.stringify([workload, nemesis, seconds, auth, nodes, flags]);
}
