import { defined } from '../../../../src/util/assert.js';
import type { Call } from '../../../support/history.js';
import { InternedMachine, NO_STATE, type Machine } from './machine.js';
import type { Model } from './model.js';
import { PairMap } from './pair-map.js';

type KeyedModel<State, Input, Output> = Model<State, Input, Output> & {
  key(input: Input): string;
};

/**
 * All keys of a model as one object. Its state is a balanced tree over the keys, in which equal subtrees are one node
 * (hash consing): a state is the number of its root, a change makes a node for each level, and states compare as numbers.
 */
export class WholeMachine<State, Input, Output> implements Machine {
  readonly initial: number;
  readonly #part: InternedMachine<State, Input, Output>;
  readonly #keys: readonly string[];
  /** By call. */
  readonly #places: readonly number[];
  readonly #depth: number;
  /** By level, from the leaves: the number of a node by its two children. Leaves are states of the part. */
  readonly #nodes: readonly PairMap[];
  /** By level: the children of its nodes, left and right. */
  readonly #children: readonly number[][];
  readonly #path: number[] = [];

  constructor(model: KeyedModel<State, Input, Output>, calls: readonly Call<Input, Output>[]) {
    const keys = calls.map(({ input }) => model.key(input));
    this.#keys = [...new Set(keys)].sort();
    const places = new Map(this.#keys.map((key, place) => [key, place]));
    this.#places = keys.map((key) => defined(places.get(key), 'the place of the key'));
    this.#part = new InternedMachine(model, calls);
    this.#depth = Math.ceil(Math.log2(Math.max(1, this.#keys.length)));
    this.#nodes = Array.from({ length: this.#depth }, () => new PairMap());
    this.#children = Array.from({ length: this.#depth }, () => []);
    let node = this.#part.initial;
    for (let level = 0; level < this.#depth; level += 1) node = this.#node(level, node, node);
    this.initial = node;
  }

  get bytes(): number {
    let bytes = this.#part.bytes;
    for (const map of this.#nodes) bytes += map.bytes;
    for (const children of this.#children) bytes += children.length * 4;
    return bytes;
  }

  step(state: number, call: number): number {
    const place = this.#places[call] ?? 0;
    let node = state;
    for (let level = this.#depth - 1; level >= 0; level -= 1) {
      this.#path[level] = node;
      node = this.#child(level, node, (place >> level) & 1);
    }
    const next = this.#part.step(node, call);
    if (next === NO_STATE) return NO_STATE;
    if (next === node) return state;
    node = next;
    for (let level = 0; level < this.#depth; level += 1) {
      const old = this.#path[level] ?? 0;
      node =
        ((place >> level) & 1) === 0
          ? this.#node(level, node, this.#child(level, old, 1))
          : this.#node(level, this.#child(level, old, 0), node);
    }
    return node;
  }

  describe(state: number): string {
    const parts = this.#keys.map((key, place) => {
      let node = state;
      for (let level = this.#depth - 1; level >= 0; level -= 1) node = this.#child(level, node, (place >> level) & 1);
      return node === this.#part.initial ? '' : `${JSON.stringify(key)}: ${this.#part.describe(node)}`;
    });
    return `{${parts.filter((part) => part !== '').join(', ')}}`;
  }

  #child(level: number, node: number, side: number): number {
    return this.#children[level]?.[2 * node + side] ?? NO_STATE;
  }

  #node(level: number, left: number, right: number): number {
    const map = defined(this.#nodes[level], 'the level');
    const known = map.get(left, right);
    if (known >= 0) return known;
    const children = defined(this.#children[level], 'the level');
    const node = children.length / 2;
    children.push(left, right);
    map.set(left, right, node);
    return node;
  }
}
