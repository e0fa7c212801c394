import type { Operation } from '../operations.js';
import { labelOf } from './label.js';

/** A call in the diagram. */
export interface Bar {
  readonly operation: Operation;
  readonly lane: number;
  readonly from: number;
  /** The right end of the diagram if the call has no completion. */
  readonly to: number;
  readonly label: string;
}

/** An instant of the diagram: the start or the end of a call. */
export interface Mark {
  readonly x: number;
  /** µs since the start of the run. */
  readonly time: number;
}

export interface Layout {
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
  /** Processes, by lane. */
  readonly processes: readonly number[];
  readonly right: number;
}

const STEP = 10;
const GAP = 26;
/** Width of a character of a label, and the room beside it. */
const CHARACTER = 7.25;
const PADDING = 16;

/**
 * Places calls so that every label fits into its bar, and starts and ends keep their order over all processes. Distances
 * therefore do not show durations: a diagram in true proportion would be unreadable, as calls last from µs to s.
 */
export function layOut(operations: readonly Operation[], left: number): Layout {
  const processes = [...new Set(operations.map(({ process }) => process))].sort((a, b) => a - b);
  const instants = operations
    .flatMap((operation) => [
      { operation, time: operation.start, order: operation.invoked, begins: true },
      ...(operation.end === undefined
        ? []
        : [{ operation, time: operation.end, order: operation.completed ?? 0, begins: false }]),
    ])
    .sort((a, b) => a.time - b.time || a.order - b.order);
  const starts = new Map<Operation, number>();
  const ends = new Map<Operation, number>();
  const free = new Map<number, number>();
  const marks: Mark[] = [];
  let x = left;
  for (const { operation, time, begins } of instants) {
    x = Math.max(x + STEP, begins ? (free.get(operation.process) ?? 0) + GAP : needed(operation, starts));
    (begins ? starts : ends).set(operation, x);
    if (!begins) free.set(operation.process, x);
    marks.push({ x, time });
  }
  const right =
    Math.max(x, ...operations.filter(({ end }) => end === undefined).map((each) => needed(each, starts))) + GAP;
  const bars = operations.map((operation) => ({
    operation,
    lane: processes.indexOf(operation.process),
    from: starts.get(operation) ?? left,
    to: ends.get(operation) ?? right,
    label: labelOf(operation),
  }));
  return { bars, marks, processes, right };
}

/** Smallest coordinate of the end of a call. */
function needed(operation: Operation, starts: ReadonlyMap<Operation, number>): number {
  return (starts.get(operation) ?? 0) + labelOf(operation).length * CHARACTER + PADDING;
}
