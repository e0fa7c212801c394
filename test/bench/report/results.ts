import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { defined } from '../../../src/util/assert.js';
import { figuresOf } from '../figures.js';
import { rowOrder } from '../groups.js';
import type { Row, Sample } from '../scenario.js';
import type { Machine } from './machine.js';

/** All rounds of one row. */
export interface Measured {
  readonly row: Row;
  /** By id of the system, in the order of the rounds. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

/** A row in the file of results. */
export interface StoredRow extends Measured {
  /** ISO time. */
  readonly at: string;
  readonly commit?: string;
  readonly rounds: number;
  readonly seconds: number;
}

/** The file of results of one day and one Node. */
export interface Results {
  readonly format: 1;
  readonly machine: Machine;
  readonly node: string;
  readonly rpcHost: string;
  /** Names of the systems, by id. */
  readonly systems: Readonly<Record<string, string>>;
  readonly rows: readonly StoredRow[];
}

/** The round with the median value, so that its costs belong to it. */
export function medianOf(samples: readonly Sample[]): Sample {
  const { median } = figuresOf(samples.map(({ value }) => value));
  return defined(
    samples.find(({ value }) => value === median),
    'the median',
  );
}

/** Reads a file of results; undefined if it is absent. */
export function readResults(path: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Results;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Adds rows to the results of earlier runs of the day, in place of those with the same ids. */
export function mergeResults(before: Results | undefined, now: Results): Results {
  const ids = new Set(now.rows.map(({ row }) => row.id));
  const kept = (before?.rows ?? []).filter(({ row }) => !ids.has(row.id));
  return {
    ...now,
    systems: { ...before?.systems, ...now.systems },
    rows: [...kept, ...now.rows].sort((a, b) => rowOrder(a.row.id) - rowOrder(b.row.id)),
  };
}

export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}
