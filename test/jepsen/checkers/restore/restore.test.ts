import { expect } from 'chai';
import { historyOf } from '../samples.js';
import { eventsOf, namesOf, type SampleCall } from '../sequence.js';
import { checkRestore } from './check-restore.js';

const names = (...calls: readonly SampleCall[]): string[] =>
  namesOf(checkRestore(historyOf('restore', eventsOf(...calls))));
const put = (from: number, value: string, revision: number | undefined, node = 'n1'): SampleCall => ({
  from,
  to: from + 1,
  f: 'put',
  key: 'a',
  value,
  node,
  ...(revision === undefined ? { type: 'info' } : { revision }),
});
const snapshot: SampleCall = { from: 50, to: 51, f: 'snapshot', value: { file: 'f' }, node: 'n1' };
const restore = (revision: number, ...kvs: unknown[]): SampleCall => ({
  from: 90,
  to: 91,
  f: 'restore',
  value: { file: 'f' },
  result: { file: 'f', kvs },
  revision,
});
const after = (revision: number): SampleCall => ({
  from: 95,
  to: 96,
  f: 'restore-write',
  key: 'b',
  value: { file: 'f' },
  revision,
});

describe('The check of restored clusters', () => {
  it('accepts the keys of the source at the revision', () => {
    expect(names(put(1, 'x', 2), put(3, 'y', 3), snapshot, restore(3, ['a', 'y', 3, 2, 2]), after(4))).to.deep.equal(
      [],
    );
    // Another member had acknowledged the second write.
    expect(names(put(1, 'x', 2), put(3, 'y', 3, 'n2'), snapshot, restore(2, ['a', 'x', 2, 1, 2]))).to.deep.equal([]);
    expect(names(put(1, 'x', 2), put(3, 'y', undefined), snapshot, restore(3, ['a', 'y', 3, 2, 2]))).to.deep.equal([]);
    const deletion: SampleCall = { from: 3, to: 4, f: 'delete', key: 'a', result: { deleted: 1 }, revision: 3 };
    expect(names(put(1, 'x', 2), deletion, snapshot, restore(3))).to.deep.equal([]);
    expect(names(put(1, 'x', 2), deletion, snapshot, restore(3, ['a', 'x', 2, 1, 2]))).to.deep.equal(['deleted-key']);
  });

  // An answer that the key was absent was compared with nothing.
  it('finds an answer to a deletion that is not what the changes say', () => {
    const deletion = (deleted: number, revision: number): SampleCall => {
      return { from: 5, to: 6, f: 'delete', key: 'a', result: { deleted }, revision };
    };
    expect(names(deletion(0, 1))).to.deep.equal([]);
    expect(names(deletion(1, 2))).to.deep.equal(['wrong-deletion']);
    expect(names(put(1, 'x', 2), deletion(1, 3))).to.deep.equal([]);
    expect(names(put(1, 'x', 2), deletion(0, 2))).to.deep.equal(['wrong-deletion']);
    // The write may take effect later, or have come before.
    expect(names(put(1, 'x', undefined), deletion(0, 1))).to.deep.equal([]);
    expect(names(put(1, 'x', undefined), deletion(1, 3))).to.deep.equal([]);
  });

  it('decides nothing if no snapshot was restored', () => {
    expect(checkRestore(historyOf('restore', eventsOf(put(1, 'x', 2), snapshot))).valid).to.equal('unknown');
  });

  it('finds a write that is missing, too new, or acknowledged before', () => {
    const two = [put(1, 'x', 2), put(3, 'y', 3), snapshot];
    expect(names(...two, restore(3))).to.deep.equal(['missing-key']);
    expect(names(...two, restore(3, ['a', 'x', 2, 1, 2]))).to.deep.equal(['old-value']);
    expect(names(...two, restore(2, ['a', 'y', 3, 2, 2]))).to.have.members(['future-value', 'old-snapshot']);
    expect(names(...two, restore(2, ['a', 'x', 2, 1, 2]))).to.deep.equal(['old-snapshot']);
    expect(names(...two, restore(3, ['a', 'z', 3, 2, 2]))).to.deep.equal(['unexpected-value']);
    // Versions were compared with nothing but themselves.
    expect(names(...two, restore(3, ['a', 'y', 3, 7, 2]))).to.deep.equal(['wrong-version']);
    expect(names(...two, restore(3, ['a', 'y', 3, 1, 3]))).to.deep.equal(['wrong-version']);
    expect(names(...two, restore(3, ['a', 'y', 3, 2, 2]), after(3))).to.deep.equal(['revision-went-back']);
  });
});
