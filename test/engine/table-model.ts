import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { MemoryEngine } from '../../src/engine/memory/memory-engine.js';
import { KeyHash } from '../../src/util/key-hash.js';
import { TableEngine } from '../../src/engine/table/table-engine.js';
import type { TableSizes } from '../../src/engine/table/table-sizes.js';
import type {
  EngineCursor,
  EngineOperation,
  EngineRange,
  EngineReader,
  EngineRow,
  EngineSnapshot,
} from '../../src/ports/engine.js';
import { defined } from '../../src/util/assert.js';
import { bytesToLatin1 } from '../../src/util/bytes.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import { bytes, del, put, scan } from './compliance.js';

/*
 * A table under random batches, reads, cursors, views, flush points and crashes, and the simplest model of it: the list
 * of all its states. Each flush stops before and after its batch takes effect in the engine below, until the run lets it
 * continue.
 */

type TextRow = readonly [key: string, value: string];
/** Rows by key, as latin1 text. */
type State = ReadonlyMap<string, string>;

const SIZES: TableSizes = {
  bytesMax: 64 * 1024,
  generation: { rows: 12, bytes: 16 * 1024 },
  batch: { rows: 30, bytes: 32 * 1024 },
  slabBytes: 4096,
  flushRows: 8,
};

/** The points at which flushes stop. */
class Gates {
  readonly #waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  open(): void {
    this.#waiting.shift()?.();
  }
}

interface View {
  readonly snapshot: EngineSnapshot;
  readonly state: State;
}

interface Walk {
  readonly cursor: EngineCursor;
  readonly range: EngineRange;
  readonly state: State;
  /** The rows that the cursor has still to return. */
  left: readonly TextRow[];
}

const LETTERS = ['\x00', 'a', 'b', '\xff'];
const APPLIED = 'applied';

export class TableModel {
  readonly #random: Random;
  /** The state after each batch; the first one is empty. */
  readonly #states: State[] = [new Map()];
  readonly #batches: EngineOperation[][] = [];
  /** Batches that have resolved, and those before the last barrier. */
  #resolved = 0;
  #durable = 0;
  #gates = new Gates();
  #base = new MemoryEngine();
  #engine: TableEngine;
  #views: View[] = [];
  #walks: Walk[] = [];
  #writes: Promise<void>[] = [];
  /** What happened in the run, so that a test can check that the run exercised the table. */
  readonly seen = { flushes: 0, past: 0, crashes: 0, lost: 0, pages: 0 };

  constructor(random: Random) {
    this.#random = random;
    this.#engine = this.#tableOver(this.#base);
  }

  async step(): Promise<void> {
    const actions: readonly (readonly [weight: number, action: () => void | Promise<void>])[] = [
      [12, () => this.#write()],
      [14, () => this.#gates.open()],
      [4, () => this.#read(this.#engine, this.#now)],
      [3, () => this.#openView()],
      [3, () => this.#openWalk(this.#engine, this.#now)],
      [4, () => this.#readView()],
      [6, () => this.#page()],
      [2, () => this.#seek()],
      [2, () => this.#closeOne()],
      [1, () => this.#barrier()],
      [1, () => this.#label()],
      [0.3, () => this.#crash()],
    ];
    let choice = this.#random.next() * actions.reduce((sum, [weight]) => sum + weight, 0);
    const [, action] = defined(
      actions.find(([weight]) => (choice -= weight) < 0),
      'an action',
    );
    await action();
    await nextTurn();
  }

  /** Closes the engine, and compares what is left with the model. */
  async finish(): Promise<void> {
    await this.#settle();
    await this.#throughGates(this.#engine.close());
    expect(await scan(this.#base.crash())).to.deep.equal(sorted(this.#now));
  }

  get #now(): State {
    return defined(this.#states[this.#resolved], 'the state now');
  }

  #int(below: number): number {
    return randomInteger(this.#random, 0, below);
  }

  #key(): string {
    return Array.from({ length: this.#int(4) }, () => LETTERS[this.#int(LETTERS.length)]).join('');
  }

  #tableOver(base: MemoryEngine): TableEngine {
    const gates = new Gates();
    this.#gates = gates;
    const write = base.write.bind(base);
    base.write = async (operations) => {
      const batch = [...operations];
      await gates.wait();
      await write(batch);
      // From here on, a batch that bypasses the table is visible.
      if (batch.length > SIZES.batch.rows) this.seen.past++;
      else await gates.wait();
    };
    const beforeFlush = async (): Promise<void> => {
      this.seen.flushes++;
      await gates.wait();
    };
    return new TableEngine({ base, sizes: SIZES, hash: new KeyHash([this.#int(2 ** 32), 7]), beforeFlush });
  }

  #write(): void {
    const length = this.#random.next() < 0.06 ? 80 : 1 + this.#int(9);
    const batch = Array.from({ length }, (): EngineOperation => {
      const value = '.'.repeat(this.#random.next() < 0.05 ? 3000 : this.#int(9));
      return this.#random.next() < 0.3 ? del(this.#key()) : put(this.#key(), `${this.#batches.length}${value}`);
    });
    batch.push(put(APPLIED, `${this.#batches.length + 1}`));
    this.#issue(batch);
  }

  #issue(batch: EngineOperation[]): void {
    const state = new Map(this.#states.at(-1));
    for (const operation of batch) {
      if (operation.type === 'delete') state.delete(bytesToLatin1(operation.key));
      else state.set(bytesToLatin1(operation.key), bytesToLatin1(operation.value));
    }
    this.#states.push(state);
    this.#batches.push(batch);
    const number = this.#batches.length;
    const engine = this.#engine;
    const written = engine.write(batch).then(
      () => {
        expect(this.#resolved, 'batches resolve in order').to.equal(number - 1);
        this.#resolved = number;
      },
      (error: unknown) => {
        if (engine === this.#engine) throw error;
      },
    );
    this.#writes.push(written);
  }

  async #read(reader: EngineReader, state: State): Promise<void> {
    const keys = [APPLIED, ...Array.from({ length: 6 }, () => this.#key())];
    const expected = keys.map((key) => state.get(key));
    expect(keys.map((key) => text(reader.get(bytes(key))))).to.deep.equal(expected);
    expect((await reader.getMany(keys.map(bytes))).map(text)).to.deep.equal(expected);
    const range = this.#range();
    expect(await scan(reader, range), JSON.stringify(range)).to.deep.equal(walked(state, range));
  }

  #range(): EngineRange {
    const bound = (name: string): object => (this.#random.next() < 0.3 ? { [name]: bytes(this.#key()) } : {});
    const flags = { reverse: this.#random.next() < 0.4, keysOnly: this.#random.next() < 0.1 };
    return { ...bound('gte'), ...bound('gt'), ...bound('lt'), ...bound('lte'), ...flags };
  }

  #openView(): void {
    if (this.#views.length < 6) this.#views.push({ snapshot: this.#engine.snapshot(), state: this.#now });
  }

  async #readView(): Promise<void> {
    const view = this.#views[this.#int(Math.max(this.#views.length, 1))];
    if (view === undefined) return;
    if (this.#random.next() < 0.4) this.#openWalk(view.snapshot, view.state);
    else await this.#read(view.snapshot, view.state);
  }

  #openWalk(reader: EngineReader, state: State): void {
    if (this.#walks.length >= 8) return;
    const range = this.#range();
    this.#walks.push({ cursor: reader.cursor(range), range, state, left: walked(state, range) });
  }

  get #someWalk(): Walk | undefined {
    return this.#walks[this.#int(Math.max(this.#walks.length, 1))];
  }

  async #page(): Promise<void> {
    const walk = this.#someWalk;
    if (walk === undefined) return;
    const count = 1 + this.#int(5);
    const page = (await walk.cursor.next(count)).map(textRow);
    this.seen.pages++;
    expect(page, JSON.stringify(walk.range)).to.deep.equal(walk.left.slice(0, page.length));
    if (page.length === 0) expect(walk.left).to.deep.equal([]);
    walk.left = walk.left.slice(page.length);
  }

  #seek(): void {
    const walk = this.#someWalk;
    if (walk === undefined) return;
    const target = this.#key();
    walk.cursor.seek(bytes(target));
    const before = (key: string): boolean => (walk.range.reverse === true ? key > target : key < target);
    walk.left = walked(walk.state, walk.range).filter(([key]) => !before(key));
  }

  async #closeOne(): Promise<void> {
    if (this.#random.next() < 0.5) {
      const [walk] = this.#walks.splice(this.#int(Math.max(this.#walks.length, 1)), 1);
      await walk?.cursor.close();
    } else {
      // The walks over the view are closed with it.
      const [view] = this.#views.splice(this.#int(Math.max(this.#views.length, 1)), 1);
      await view?.snapshot.close();
      this.#walks = this.#walks.filter(({ state }) => state !== view?.state);
    }
  }

  async #barrier(): Promise<void> {
    const resolved = this.#resolved;
    await this.#throughGates(this.#engine.barrier());
    this.#durable = Math.max(this.#durable, resolved);
  }

  async #label(): Promise<void> {
    const durable = await this.#throughGates(this.#engine.durableLabel(this.#resolved));
    this.#durable = Math.max(this.#durable, durable);
  }

  /** Simulates the death of the process: the table is lost. The next one replays the batches that the engine below lacks. */
  async #crash(): Promise<void> {
    this.seen.crashes++;
    this.#base = this.#base.crash(this.#random);
    const applied = Number(text(this.#base.get(bytes(APPLIED))) ?? 0);
    expect(applied).to.be.within(this.#durable, this.#batches.length);
    expect(await scan(this.#base)).to.deep.equal(sorted(defined(this.#states[applied], 'a state')));
    this.seen.lost += this.#batches.length - applied;
    const replayed = this.#batches.splice(applied);
    this.#states.length = applied + 1;
    this.#resolved = applied;
    this.#durable = Math.min(this.#durable, applied);
    [this.#views, this.#walks, this.#writes] = [[], [], []];
    this.#engine = this.#tableOver(this.#base);
    for (const batch of replayed) this.#issue(batch);
    await this.#settle();
  }

  async #settle(): Promise<void> {
    await this.#throughGates(Promise.all(this.#writes));
    this.#writes = [];
    expect(this.#resolved).to.equal(this.#batches.length);
  }

  /** Lets flushes continue until a promise settles. */
  async #throughGates<T>(promise: Promise<T>): Promise<T> {
    const settled = promise.then(
      () => true,
      () => true,
    );
    for (let turns = 0; !(await Promise.race([settled, nextTurn(false)])); turns++) {
      if (turns > 100_000) throw new Error('the flushes do not end');
      this.#gates.open();
    }
    return await promise;
  }
}

const text = (value: Uint8Array | undefined): string | undefined => value && bytesToLatin1(value);
const textRow = ({ key, value }: EngineRow): TextRow => [bytesToLatin1(key), bytesToLatin1(value)];
const sorted = (state: State): TextRow[] => [...state].sort(([left], [right]) => (left < right ? -1 : 1));

function walked(state: State, { gte, gt, lt, lte, reverse = false, keysOnly = false }: EngineRange): TextRow[] {
  const inside = (key: string): boolean =>
    (gte === undefined || key >= bytesToLatin1(gte)) &&
    (gt === undefined || key > bytesToLatin1(gt)) &&
    (lt === undefined || key < bytesToLatin1(lt)) &&
    (lte === undefined || key <= bytesToLatin1(lte));
  const rows = sorted(state)
    .filter(([key]) => inside(key))
    .map(([key, value]): TextRow => [key, keysOnly ? '' : value]);
  return reverse ? rows.toReversed() : rows;
}
