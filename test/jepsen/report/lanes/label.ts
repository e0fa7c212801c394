import { valueText } from '../figures.js';
import type { Operation } from '../operations.js';

const LENGTH_MAX = 56;

/** A call and its result in one short line: `write k = 3`, `read k → 3`, `append 4 17, read 5 → [1,2]`. */
export function labelOf(operation: Operation): string {
  const text = textOf(operation);
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX - 1)}…`;
}

/** The same, however long. */
export function textOf({ f, call, answer, outcome }: Operation): string {
  const steps = stepsOf(answer?.type === 'ok' ? (answer.value ?? call.value) : call.value);
  if (steps !== undefined) return steps.map((step) => stepText(step, outcome === 'ok')).join(', ') + suffix(outcome);
  const key = call.key === undefined ? '' : ` ${call.key}`;
  const asked = call.value === undefined ? '' : ` ${plainText(call.value)}`;
  const answered = outcome === 'ok' ? resultOf(call.value, answer?.value) : '';
  return `${f}${key}${asked}${answered}${suffix(outcome)}`;
}

/** What an answer adds to the request. */
function resultOf(asked: unknown, answered: unknown): string {
  if (answered === undefined || JSON.stringify(asked) === JSON.stringify(answered)) return '';
  if (!isRecord(asked) || !isRecord(answered)) return ` → ${plainText(answered)}`;
  const added = Object.entries(answered).filter(
    ([name, value]) => JSON.stringify(asked[name]) !== JSON.stringify(value),
  );
  return ` → ${plainText(Object.fromEntries(added))}`;
}

/** A value without the quotes and brackets that its reader does not need: `lease 7, ttl 3`. */
function plainText(value: unknown): string {
  if (!isRecord(value)) return valueText(value, 2000);
  const fields = Object.entries(value).map(([name, field]) => {
    const isWord = typeof field === 'string' && /^[\w./-]+$/.test(field);
    return `${name} ${isWord ? field : valueText(field, 1000)}`;
  });
  return fields.join(', ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function suffix(outcome: Operation['outcome']): string {
  if (outcome === 'ok') return '';
  return outcome === 'fail' ? ' ✗' : ' ?';
}

type Step = readonly [kind: unknown, key: unknown, value?: unknown];

/** The steps of a transaction, if the value is one. */
function stepsOf(value: unknown): readonly Step[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const all = value.every(
    (step) => Array.isArray(step) && (step.length === 2 || step.length === 3) && typeof step[0] === 'string',
  );
  return all ? (value as readonly Step[]) : undefined;
}

function stepText([kind, key, value]: Step, known: boolean): string {
  const names: Readonly<Record<string, string>> = { r: 'read', w: 'write' };
  const name = names[String(kind)] ?? String(kind);
  if (kind === 'r') return known ? `${name} ${String(key)} → ${valueText(value, 2000)}` : `${name} ${String(key)}`;
  return value === undefined ? `${name} ${String(key)}` : `${name} ${String(key)} ${valueText(value, 2000)}`;
}
