import { etcdserverpb } from '../../../src/gen/proto.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import type { ReadResult } from '../../../src/kv/store.js';
import { clampInteger } from '../../../src/util/integer.js';
import type { Machine } from '../machine.js';
import { RANGE, valuesIn, type SimIndex, type Value } from './documents.js';

/** A key as stored at some revision. */
export interface Stored {
  readonly value: string;
  readonly modRevision: number;
}

export type State = ReadonlyMap<string, Stored>;

export interface DerivedEntry extends Stored {
  readonly indexed: Value;
  readonly key: string;
}

/**
 * The keys of the indexes at each revision, which a range read takes from the first member that has applied it. A revision is
 * missing if it was compacted before.
 */
export class StateBook {
  readonly #states = new Map<number, State>([[1, new Map()]]);
  /** Revisions that are applied, and not read yet. */
  readonly #wanted = new Set<number>();
  /** The newest revision that any member has applied. */
  newest = 1;
  /** The revisions of states, by ascending index of the last entry that is applied. */
  readonly #applied: { readonly index: number; readonly revision: number }[] = [];

  /** A member has applied entries or a snapshot. */
  note(machine: Machine): void {
    const { store } = machine.member.assembly;
    const [index, revision] = [store.appliedIndex(), store.revision()];
    if (index > (this.#applied.at(-1)?.index ?? 0)) this.#applied.push({ index, revision });
    while (this.newest < revision) this.#wanted.add(++this.newest);
    for (const wanted of this.#wanted) if (wanted <= revision) void this.#read(machine, wanted);
  }

  /** The revision of the first state that had applied an entry. */
  revisionWith(index: number): number {
    return this.#applied.find((state) => state.index >= index)?.revision ?? this.newest;
  }

  at(revision: number): State | undefined {
    return this.#states.get(revision);
  }

  /** The entries that an index has at a revision, in its order; undefined if the revision is missing. */
  entries(index: SimIndex, revision: number): readonly DerivedEntry[] | undefined {
    const state = this.at(revision);
    if (state === undefined) return undefined;
    const entries = [...state].flatMap(([key, stored]) => {
      if (key < index.from || key >= index.to) return [];
      return valuesIn(index, stored.value).map((indexed) => ({ ...stored, key, indexed }));
    });
    return entries.sort((a, b) => order(a.indexed, b.indexed) || order(a.key, b.key));
  }

  /** Whether a condition holds at some revision of a window, or at one that is missing. */
  some(from: number, to: number, holds: (state: State) => boolean): boolean {
    for (let at = from; at <= to; at++) {
      const state = this.at(at);
      if (state === undefined || holds(state)) return true;
    }
    return false;
  }

  async #read(machine: Machine, revision: number): Promise<void> {
    const { store } = machine.member.assembly;
    const request = { key: Buffer.from(RANGE.from), rangeEnd: Buffer.from(RANGE.to), revision };
    let result: ReadResult;
    try {
      result = await store.range(request);
    } catch (error) {
      // It died meanwhile, and its engine with it: another member will be read.
      if (machine.dead || machine.member.assembly.store !== store) return;
      throw error;
    }
    this.#wanted.delete(revision);
    if (result.kind === 'error') return;
    const { kvs } = etcdserverpb.RangeResponse.decode(wholeBody(result.body));
    const state = kvs.map(({ key, value, modRevision }): [string, Stored] => [
      Buffer.from(key ?? []).toString(),
      { value: Buffer.from(value ?? []).toString(), modRevision: clampInteger(modRevision) },
    ]);
    this.#states.set(revision, new Map(state));
  }
}

/** The key, other than this one, that has a value in an index. */
export function holderIn(
  state: State,
  index: SimIndex,
  { value, key }: { readonly value: Value; readonly key: string },
): string | undefined {
  for (const [other, stored] of state) if (other !== key && valuesIn(index, stored.value).includes(value)) return other;
  return undefined;
}

function order(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
