import type { raftkvpb } from '../../../src/gen/proto.js';
import { defined } from '../../../src/util/assert.js';

/** A naive model of indexes: it keeps every state, and derives entries from it when it is asked. */

type Definition = raftkvpb.IndexDefinition.$Properties;
export type Value = string | number | boolean;

export interface ModelIndex {
  readonly definition: Definition;
  readonly from: string;
  readonly to: string;
  /** What the index takes from a key and its value; none for a key that is left out. */
  readonly take: (key: string, value: string) => readonly Value[];
}

export interface ModelEntry {
  readonly value: Value;
  readonly key: string;
  readonly stored: string;
}

type State = 'building' | 'ready' | 'failed';

interface Built {
  readonly index: ModelIndex;
  state: State;
  /** Keys below are covered while it is built. */
  cursor: string;
  readyRevision: number;
}

export type Operation =
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly from: string; readonly to: string };

export class IndexModel {
  revision = 1;
  compacted = 0;
  /** By revision. */
  readonly #states = new Map<number, ReadonlyMap<string, string>>([[1, new Map()]]);
  readonly indexes = new Map<string, Built>();

  get now(): ReadonlyMap<string, string> {
    return defined(this.#states.get(this.revision), 'the present state');
  }

  create(index: ModelIndex): void {
    this.indexes.set(index.definition.name ?? '', { index, state: 'building', cursor: index.from, readyRevision: 0 });
  }

  drop(name: string): void {
    this.indexes.delete(name);
  }

  /** Executes writes as one transaction. @returns the unique index that refuses it, if one does */
  write(operations: readonly Operation[]): string | undefined {
    const next = new Map(this.now);
    let changed = false;
    for (const operation of operations) {
      if (operation.kind === 'put') next.set(operation.key, operation.value);
      const doomed =
        operation.kind === 'delete'
          ? [...next.keys()].filter((key) => key >= operation.from && key < operation.to)
          : [];
      for (const key of doomed) next.delete(key);
      changed ||= operation.kind === 'put' || doomed.length > 0;
    }
    const broken = [...this.indexes.values()].filter((built) => this.#hasDuplicate(built, next));
    const refusing = broken.find(({ state }) => state === 'ready');
    if (refusing !== undefined) return refusing.index.definition.name ?? '';
    for (const built of broken) built.state = 'failed';
    if (changed) this.#states.set(++this.revision, next);
    return undefined;
  }

  build(name: string, keys: number): void {
    const built = this.indexes.get(name);
    if (built?.state !== 'building') return;
    const { to } = built.index;
    const rest = [...this.now.keys()].filter((key) => key >= built.cursor && key < to).sort();
    const next = rest[keys];
    built.cursor = next ?? to;
    if (this.#hasDuplicate(built, this.now)) built.state = 'failed';
    else if (next === undefined) {
      built.state = 'ready';
      built.readyRevision = this.revision;
    }
  }

  entries(name: string, revision: number): readonly ModelEntry[] {
    const { index } = defined(this.indexes.get(name), name);
    const state = defined(this.#states.get(revision), `revision ${revision}`);
    const entries = [...state].flatMap(([key, stored]) => {
      if (key < index.from || key >= index.to) return [];
      return [...new Set(index.take(key, stored))].map((value) => ({ value, key, stored }));
    });
    return entries.sort((a, b) => order(a.value, b.value) || order(a.key, b.key));
  }

  counts(name: string): { readonly keys: number; readonly entries: number; readonly leftOut: number } {
    const built = defined(this.indexes.get(name), name);
    if (built.state === 'failed') return { keys: 0, entries: 0, leftOut: 0 };
    const values = this.#covered(built, this.now).map(([key, stored]) => new Set(built.index.take(key, stored)).size);
    return {
      keys: values.length,
      entries: values.reduce((sum, count) => sum + count, 0),
      leftOut: values.filter((count) => count === 0).length,
    };
  }

  #covered({ index, state, cursor }: Built, keys: ReadonlyMap<string, string>): (readonly [string, string])[] {
    const to = state === 'building' ? cursor : index.to;
    return [...keys].filter(([key]) => state !== 'failed' && key >= index.from && key < to);
  }

  #hasDuplicate(built: Built, keys: ReadonlyMap<string, string>): boolean {
    if (built.index.definition.unique !== true) return false;
    const seen = new Set<Value>();
    for (const [key, stored] of this.#covered(built, keys)) {
      for (const value of new Set(built.index.take(key, stored))) {
        if (seen.has(value)) return true;
        seen.add(value);
      }
    }
    return false;
  }
}

function order(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}
