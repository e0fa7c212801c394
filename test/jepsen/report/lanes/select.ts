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
const NEIGHBOURS_MAX = 16;

/** The calls that an anomaly names, and those calls on the same keys that overlap with them or are closest. */
export function select(operations: readonly Operation[], events: readonly number[]): Selection {
  const wanted = new Set(events);
  const isNamed = ({ invoked, completed }: Operation): boolean =>
    wanted.has(invoked) || (completed !== undefined && wanted.has(completed));
  const named = operations.filter(isNamed);
  const emphasised = new Set(named.slice(0, EMPHASISED_MAX));
  const keys = new Set([...emphasised].flatMap(keysOf));
  const [from, to] = extent([...emphasised]);
  // A call that certainly had no effect, and got no answer, explains nothing.
  const matters = ({ outcome, served }: Operation): boolean => served || outcome === 'unknown';
  const related = operations.filter(
    (each) => matters(each) && !isNamed(each) && keysOf(each).some((key) => keys.has(key)),
  );
  const distance = ({ start, end = start }: Operation): number => Math.max(0, from - end, start - to);
  const near = [...related].sort((a, b) => distance(a) - distance(b)).slice(0, NEIGHBOURS_MAX);
  const chosen = [...emphasised, ...near].sort((a, b) => a.start - b.start || a.invoked - b.invoked);
  return {
    operations: chosen,
    emphasised,
    leftOut: related.length - near.length,
    emphasisedLeftOut: named.length - emphasised.size,
  };
}

function extent(operations: readonly Operation[]): [number, number] {
  const starts = operations.map(({ start }) => start);
  const ends = operations.map(({ start, end = start }) => end);
  return [Math.min(...starts), Math.max(...ends)];
}

/** The keys that a call names: its own, or those of the steps of a transaction. */
export function keysOf({ call }: Operation): string[] {
  if (call.key !== undefined) return [call.key];
  if (!Array.isArray(call.value)) return [''];
  const steps = call.value.filter((step) => Array.isArray(step) && step.length >= 2);
  return steps.length === 0 ? [''] : steps.map((step: readonly unknown[]) => String(step[1]));
}
