import { expect } from 'chai';
import { nemesesOf } from './registry.js';

describe('the faults of a run', () => {
  const names = (text: string): readonly string[] => nemesesOf(text).map(({ name }) => name);

  it('are one, several at the same time, or none', () => {
    expect(names('none')).to.deep.equal([]);
    expect(names('kill-one')).to.deep.equal(['kill-one']);
    expect(names('partition-leader+links-slow+compact')).to.deep.equal(['partition-leader', 'links-slow', 'compact']);
    expect(() => names('kill-one+kil')).to.throw('NEMESIS=kil: there are none, kill-one');
  });

  // Both faults changed the same rules: the end of one ended the other, and what one did counted for both.
  for (const [both, message] of [
    ['partition-leader+partition-one-way', "partition-leader and partition-one-way would undo each other's cuts"],
    ['partition-halves+certificates', "partition-halves and certificates would undo each other's cuts"],
    ['links-lossy+kill-one+links-slow', "links-lossy and links-slow would undo each other's links"],
    ['clock-jump+clock-drift', "clock-jump and clock-drift would undo each other's clocks"],
    ['disk-full+power-loss', "disk-full and power-loss would undo each other's file systems"],
    ['disk-slow+disk-error', "disk-slow and disk-error would undo each other's tracing"],
    ['kill-one+kill-one', 'kill-one is named twice'],
  ] as const) {
    it(`are not ${both}`, () => expect(() => names(both)).to.throw(`NEMESIS=${both}: ${message}`));
  }
});
