import { expect } from 'chai';
import * as fc from 'fast-check';
import { visitHolding, withInterval, withoutInterval, type IntervalMap } from '../../../src/kv/watch/interval-map.js';

const text = fc.stringMatching(/^[\0ab\xff]{0,4}$/);
const bounds = fc.tuple(text, text).filter(([start, end]) => start < end);
type Step =
  | { readonly kind: 'add'; readonly bounds: [string, string] }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'ask'; readonly point: string };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: bounds.map((each): Step => ({ kind: 'add', bounds: each })) },
  { weight: 3, arbitrary: fc.nat().map((which): Step => ({ kind: 'remove', which })) },
  { weight: 3, arbitrary: text.map((point): Step => ({ kind: 'ask', point })) },
);

function holding(map: IntervalMap<string>, point: string): string[] {
  const found: string[] = [];
  visitHolding(map, point, (value) => found.push(value));
  return found;
}

function depth(map: IntervalMap<unknown>): number {
  return map === undefined ? 0 : 1 + Math.max(depth(map.left), depth(map.right));
}

describe('IntervalMap', () => {
  it('finds the ranges that a linear search finds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        let map: IntervalMap<string>;
        const list = new Map<string, [string, string]>();
        for (const each of steps) {
          if (each.kind === 'add') {
            const [start, end] = each.bounds;
            const value = JSON.stringify(each.bounds);
            map = withInterval(map, { start, end, value });
            list.set(value, each.bounds);
          } else if (each.kind === 'remove') {
            const [value, [start, end]] = [...list][each.which % Math.max(1, list.size)] ?? ['', ['', '']];
            map = withoutInterval(map, { start, end });
            list.delete(value);
          } else {
            const wanted = [...list].filter(([, [start, end]]) => start <= each.point && each.point < end);
            expect(holding(map, each.point).sort()).to.deep.equal(wanted.map(([value]) => value).sort());
          }
          expect(map?.size ?? 0).to.equal(list.size);
        }
      }),
      { numRuns: 300, seed: Number(process.env['SEED'] ?? 4711) },
    );
  });

  it('stays balanced when ranges are added and removed in order', () => {
    const rangeAt = (at: number): { start: string; end: string } => {
      const start = String(at).padStart(6, '0');
      return { start, end: `${start}~` };
    };
    let map: IntervalMap<number>;
    for (let at = 0; at < 20_000; at++) map = withInterval(map, { ...rangeAt(at), value: at });
    for (let at = 0; at < 16_000; at++) map = withoutInterval(map, rangeAt(at));
    expect(map?.size).to.equal(4000);
    // log2(4000) is 12; a tree with these weights is at most 2.4 times as deep as a perfect one.
    expect(depth(map)).to.be.at.most(29);
    const found: number[] = [];
    visitHolding(map, '017000x', (value) => found.push(value));
    expect(found).to.deep.equal([17_000]);
  });

  it('does not change the map that it was made from', () => {
    const before = withInterval<string>(undefined, { start: 'a', end: 'c', value: 'first' });
    const after = withInterval(before, { start: 'b', end: 'd', value: 'second' });
    expect([holding(before, 'b'), holding(after, 'b'), holding(withoutInterval(after, before), 'b')]).to.deep.equal([
      ['first'],
      ['first', 'second'],
      ['second'],
    ]);
  });
});
