import type { Entry, MemoryStorage, NodeId, RawNode, ReadState } from '../../src/raft/index.js';
import { assert } from '../../src/util/assert.js';
import { bytes, text } from './network.js';

interface Seen {
  readonly id: NodeId;
  readonly node: RawNode;
  readonly storage: MemoryStorage;
}

/** Checks the properties of figure 3 of the paper while a group runs. */
export class Referee {
  readonly #voters: readonly NodeId[];
  readonly #leaders = new Map<number, NodeId>();
  /** Every entry committed on any member, by index. */
  readonly #committed: Entry[] = [];
  readonly #commits = new Map<NodeId, number>();
  readonly #terms = new Map<NodeId, number>();
  /** The commit index at the time of each read request. */
  readonly #asked = new Map<string, number>();
  #reads = 0;

  constructor(voters: readonly NodeId[]) {
    this.#voters = voters;
  }

  get tally(): { readonly committed: number; readonly leaders: number; readonly reads: number } {
    return { committed: this.#committed.length, leaders: this.#leaders.size, reads: this.#reads };
  }

  /** The commit index may decrease at a restart, as it is not synced; the term must not. */
  restarted(id: NodeId): void {
    this.#commits.delete(id);
  }

  ask(node: RawNode): void {
    const context = `r${this.#asked.size}`;
    this.#asked.set(context, this.#committed.length);
    node.readIndex(bytes(context));
  }

  /** A read returns everything committed before its request (thesis, section 6.4). */
  answered(states: readonly ReadState[]): void {
    for (const { index, context } of states) {
      const floor = this.#asked.get(text(context)) ?? Infinity;
      assert(index >= floor, `read ${text(context)} got ${index}, but ${floor} was committed before it`);
      this.#reads += 1;
    }
  }

  /** State machine safety: no member applies a different entry at the same index. */
  applied(entry: Entry): void {
    const known = this.#committed[entry.index - 1];
    assert(known !== undefined, `applied ${entry.index} before it was committed`);
    assert(same(known, entry), `applied ${show(entry)}, but ${show(known)} was committed`);
  }

  check(id: NodeId, node: RawNode, storage: MemoryStorage): void {
    assert(node.term >= (this.#terms.get(id) ?? 0), `${id}: the term goes back`);
    assert(storage.initialState().hardState.term <= node.term, `${id}: the disk is ahead of memory`);
    this.#terms.set(id, storage.initialState().hardState.term);
    assert(node.commit >= (this.#commits.get(id) ?? 0), `${id}: the commit index goes back`);
    this.#commits.set(id, node.commit);
    assert(node.applied <= node.commit, `${id}: applied past the commit index`);
    if (node.role === 'leader') this.#checkLeader(id, node, storage);
  }

  /** A new commit is on the disks of a majority, and its entries never change. */
  checkCommitted(all: readonly Seen[]): void {
    const front = all.reduce((best, each) => (each.node.commit > best.node.commit ? each : best));
    while (this.#committed.length < front.node.commit) {
      const index = this.#committed.length + 1;
      const holders = all.filter(({ id, storage }) => this.#voters.includes(id) && read(storage, index) !== undefined);
      const copies = holders.map(({ storage }) => read(storage, index));
      const winner = copies.find(
        (entry) =>
          copies.filter((other) => other !== undefined && entry !== undefined && same(other, entry)).length * 2 >
          this.#voters.length,
      );
      assert(winner !== undefined, `${index} is committed, but on no majority's disks`);
      this.#committed.push(winner);
    }
  }

  /** Election safety, and leader completeness: a leader has every entry committed before its term. */
  #checkLeader(id: NodeId, node: RawNode, storage: MemoryStorage): void {
    const other = this.#leaders.get(node.term);
    assert(other === undefined || other === id, `two leaders in term ${node.term}: ${other} and ${id}`);
    if (other !== undefined) return;
    this.#leaders.set(node.term, id);
    assert(node.lastIndex > this.#committed.length, `leader ${id} lacks what was committed`);
    for (const entry of this.#committed) {
      const held = read(storage, entry.index);
      // A disk may lag behind memory, but not for committed entries.
      assert(held === undefined || same(held, entry), `leader ${id} holds ${held && show(held)} for ${show(entry)}`);
    }
  }
}

function read(storage: MemoryStorage, index: number): Entry | undefined {
  const found = storage.entries(index, index + 1, Infinity);
  return typeof found === 'string' ? undefined : found[0];
}

function same(left: Entry, right: Entry): boolean {
  return left.index === right.index && left.term === right.term && text(left.data) === text(right.data);
}

function show({ term, index, data }: Entry): string {
  return `${term}/${index} "${text(data)}"`;
}
