import type { ConfChange, ConfChangeStep, ConfChangeTransition } from '../../../src/raft/index.js';
import { Complaint, isSet, valueOf } from './language.js';
import type { Block } from './language.js';

const STEP_TYPES = { v: 'add-voter', l: 'add-learner', r: 'remove', u: 'update' } as const;
const TRANSITIONS: ReadonlyMap<string, ConfChangeTransition> = new Map([
  ['auto', 'auto'],
  ['implicit', 'implicit'],
  ['explicit', 'explicit'],
]);

/** `v3` makes a voter, `l4` a learner, `r5` removes, `u6` updates. @throws Complaint */
export function parseSteps(lines: readonly string[]): ConfChangeStep[] {
  const words = lines.join(' ').split(/\s+/);
  return words.filter((word) => word !== '').map(parseStep);
}

function parseStep(word: string): ConfChangeStep {
  if (word.length < 2) throw new Complaint(`unknown token ${word}`);
  const type = STEP_TYPES[word.charAt(0) as keyof typeof STEP_TYPES];
  const id = word.slice(1);
  if (type === undefined || !/^\d+$/.test(id)) throw new Complaint(`unknown input: ${word}`);
  return { type, id: Number(id) };
}

/** The proposal of `propose-conf-change`. @throws Complaint */
export function parseChange(block: Block): { readonly change: ConfChange; readonly asV1: boolean } {
  const name = valueOf(block, 'transition') ?? 'auto';
  const transition = TRANSITIONS.get(name);
  if (transition === undefined) throw new Complaint(`unknown transition ${name}`);
  const steps = parseSteps(block.input);
  const asV1 = isSet(block, 'v1');
  if (asV1 && (steps.length !== 1 || transition !== 'auto')) {
    throw new Complaint('v1 conf change can only have one operation and no transition');
  }
  return { change: { transition, steps, context: new Uint8Array(0) }, asV1 };
}
