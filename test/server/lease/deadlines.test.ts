import { expect } from 'chai';
import * as fc from 'fast-check';
import { Deadlines, type Ending } from '../../../src/server/lease/deadlines.js';

interface Item extends Ending {
  readonly name: number;
}

type Step =
  | { readonly kind: 'add'; readonly endsMs: number }
  | { readonly kind: 'move'; readonly which: number; readonly endsMs: number }
  | { readonly kind: 'remove'; readonly which: number };

const endsMs = fc.integer({ min: 0, max: 20 });
const which = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: endsMs.map((at): Step => ({ kind: 'add', endsMs: at })) },
  {
    weight: 3,
    arbitrary: fc.tuple(which, endsMs).map(([item, at]): Step => ({ kind: 'move', which: item, endsMs: at })),
  },
  { weight: 2, arbitrary: which.map((item): Step => ({ kind: 'remove', which: item })) },
);

describe('Deadlines', () => {
  it('has the earliest deadline first, after any sequence of additions, moves and removals', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const deadlines = new Deadlines<Item>();
        const model: Item[] = [];
        for (const [name, one] of steps.entries()) {
          const item = one.kind === 'add' ? undefined : model[one.which % Math.max(1, model.length)];
          if (one.kind === 'add') {
            const added: Item = { name, endsMs: one.endsMs, place: -1 };
            deadlines.add(added);
            model.push(added);
          } else if (item !== undefined && one.kind === 'move') {
            deadlines.move(item, one.endsMs);
          } else if (item !== undefined) {
            deadlines.remove(item);
            deadlines.remove(item); // removing it again changes nothing
            model.splice(model.indexOf(item), 1);
          }
          expect(deadlines.size).to.equal(model.length);
          expect(deadlines.first?.endsMs).to.equal(model.map((left) => left.endsMs).sort((a, b) => a - b)[0]);
        }
        const ends: number[] = [];
        for (let first = deadlines.first; first !== undefined; first = deadlines.first) {
          ends.push(first.endsMs);
          deadlines.remove(first);
        }
        expect(ends).to.deep.equal(model.map((left) => left.endsMs).sort((a, b) => a - b));
      }),
    );
  });
});
