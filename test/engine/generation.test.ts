import { expect } from 'chai';
import { cleared, newMemory } from '../../src/engine/table/generation-memory.js';
import { Generation } from '../../src/engine/table/generation.js';
import { KeyHash } from '../../src/util/key-hash.js';

const hash = new KeyHash([3, 4]);
const bytesOf = (text: string): Buffer => Buffer.from(text);

function put(generation: Generation, key: string, value: string): void {
  generation.append({ type: 'put', key: bytesOf(key), value: bytesOf(value) }, hash.of(bytesOf(key)));
}

function get(generation: Generation, key: string, limit = generation.count): string | undefined {
  const number = generation.find(bytesOf(key), hash.of(bytesOf(key)), limit);
  return number < 0 ? undefined : generation.valueOf(number).toString();
}

describe('A generation', () => {
  it('shows no row of the one whose memory it got', () => {
    const old = new Generation(0, newMemory(4096));
    for (let at = 0; at < 5000; at++) {
      put(old, `key ${at % 3000}`, `old ${at}`);
      if (at % 3 === 2) old.endBatch();
    }
    const next = new Generation(5000, cleared(old.memory));
    expect(next.count).to.equal(0);
    expect(next.bytes).to.equal(0);
    for (let at = 0; at < 3000; at++) expect(get(next, `key ${at}`)).to.equal(undefined);

    put(next, 'key 7', 'first');
    next.endBatch();
    put(next, 'key 8', 'other');
    put(next, 'key 7', 'second');
    next.endBatch();
    expect([get(next, 'key 7', 1), get(next, 'key 7'), get(next, 'key 8', 1), get(next, 'key 9')]).to.deep.equal([
      'first',
      'second',
      undefined,
      undefined,
    ]);
    expect([next.batchEnd(0, 1), next.batchEnd(0, 3), next.batchEnd(1, 1)]).to.deep.equal([1, 3, 3]);
    expect([...next.operations(0, 3)].map(({ key }) => Buffer.from(key).toString())).to.deep.equal(['key 8', 'key 7']);
  });

  // Each generation had columns of its own, which grew from 1,024 rows: 2.6 MB for 32,768 rows, in memory that V8 frees
  // only when it collects the whole heap.
  it('fills the memory of another without taking more', () => {
    const old = new Generation(0, newMemory(4096));
    for (let at = 0; at < 5000; at++) put(old, `key ${at}`, 'value');
    const memory = cleared(old.memory);
    const next = new Generation(5000, memory);
    for (let at = 0; at < 5000; at++) put(next, `key ${at}`, 'value');
    const { columns } = next.memory;
    for (const [name, column] of Object.entries(memory.columns)) {
      expect(columns[name as keyof typeof columns] === column, name).to.equal(true);
    }
  });
});
