import { expect } from 'chai';
import { IndexTable } from '../../src/wal/index-table.js';

function fill(table: IndexTable, low: number, high: number, term: number): void {
  for (let index = low; index < high; index += 1) {
    table.append(index, term, {
      sequence: 1 + Math.floor(index / 3000),
      offset: index * 8,
      dataBytes: index % 100,
    });
  }
}

function check(table: IndexTable, index: number, term: number): void {
  expect(table.term(index)).to.equal(term);
  expect(table.locate(index)).to.deep.equal({
    sequence: 1 + Math.floor(index / 3000),
    offset: index * 8,
    dataBytes: index % 100,
  });
}

describe('IndexTable', () => {
  it('finds every entry after both ends have moved across pages', () => {
    const table = new IndexTable();
    fill(table, 1, 20_000, 1);
    for (const truncated of [15_000, 12_289, 12_288, 8193]) {
      table.truncate(truncated);
      expect(table.next).to.equal(truncated);
      fill(table, truncated, 20_000, 20_000 - truncated);
      check(table, truncated - 1, table.term(truncated - 1));
      check(table, 19_999, 20_000 - truncated);
    }
    for (const first of [2, 4096, 4097, 4098, 8200, 19_999]) {
      table.dropBefore(first);
      expect([table.first, table.has(first - 1), table.has(first)]).to.deep.equal([first, false, true]);
      check(table, first, first < 8193 ? 1 : 11_807);
      check(table, 19_999, 11_807);
    }
    expect(() => table.locate(19_998)).to.throw(/outside of \[19999, 20000\)/);
    fill(table, 20_000, 30_000, 5);
    check(table, 29_999, 5);
  });

  it('is empty after all entries are removed at either end, and continues from there', () => {
    const table = new IndexTable();
    fill(table, 1, 100, 1);
    table.dropBefore(500);
    expect([table.first, table.next]).to.deep.equal([500, 500]);
    fill(table, 500, 600, 2);
    table.truncate(400);
    expect([table.first, table.next]).to.deep.equal([400, 400]);
    fill(table, 400, 402, 3);
    check(table, 401, 3);
  });

  it('refuses entries out of order', () => {
    const table = new IndexTable();
    fill(table, 1, 3, 1);
    expect(() => fill(table, 4, 5, 1)).to.throw(/entry 4 instead of 3/);
  });
});
