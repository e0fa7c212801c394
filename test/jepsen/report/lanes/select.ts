import type { Operation } from '../operations.js';

/** Calls of one diagram, in the order of their starts. */
export interface Selection {
  readonly operations: readonly Operation[];
  /** Those that show the anomaly. */
  readonly emphasised: ReadonlySet<Operation>;
  /** Related calls that are not shown. */
  readonly leftOut: number;
  /** Calls of the anomaly that are not shown. */
  readonly emphasisedLeftOut: number;
}

/** Calls of the anomaly and their neighbours in one diagram. */
const EMPHASISED_MAX = 24;
const NEIGHBOURS_MAX = 12;

/** The calls that an anomaly names, and those calls on the same keys that overlap with them or are closest. */
export function select(operations: readonly Operation[], events: readonly number[]): Selection {
  const wanted = new Set(events);
  const isNamed = ({ invoked, completed }: Operation): boolean =>
    wanted.has(invoked) || (completed !== undefined && wanted.has(completed));
  const named = operations.filter(isNamed);
  const emphasised = new Set(named.slice(0, EMPHASISED_MAX));
  const keys = new Set([...emphasised].flatMap(keysOf));
  // A call that certainly had no effect, and got no answer, explains nothing.
  const matters = ({ outcome, served }: Operation): boolean => served || outcome === 'unknown';
  const related = operations.filter(
    (each) => matters(each) && !isNamed(each) && keysOf(each).some((key) => keys.has(key)),
  );
  const distances = new Map(related.map((each) => [each, distanceTo([...emphasised], each)]));
  const distance = (each: Operation): number => distances.get(each) ?? Infinity;
  const near = [...related].sort((a, b) => distance(a) - distance(b)).slice(0, NEIGHBOURS_MAX);
  const chosen = [...emphasised, ...near].sort((a, b) => a.start - b.start || a.invoked - b.invoked);
  return {
    operations: chosen,
    emphasised,
    leftOut: related.length - near.length,
    emphasisedLeftOut: named.length - emphasised.size,
  };
}

/** Time between a call and the closest of others; 0 if it overlaps with one. */
function distanceTo(others: readonly Operation[], { start, end = start }: Operation): number {
  return others.reduce((least, other) => {
    const otherEnd = other.end ?? other.start;
    return Math.min(least, Math.max(0, other.start - end, start - otherEnd));
  }, Infinity);
}

/** What a call is about: its key, those of the steps of a transaction, its lease. */
export function keysOf({ call, answer }: Operation): string[] {
  const steps = Array.isArray(call.value) ? call.value.filter((step) => Array.isArray(step) && step.length >= 2) : [];
  const keys = [
    ...(call.key === undefined ? [] : [call.key]),
    ...steps.map((step: readonly unknown[]) => String(step[1])),
    ...[call.value, answer?.value].flatMap((value) => leaseOf(value)),
  ];
  return keys.length === 0 ? [''] : keys;
}

function leaseOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('lease' in value)) return [];
  return [`lease ${String(value.lease)}`];
}
