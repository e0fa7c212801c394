import { expect } from 'chai';
import type { HistoryEvent } from '../../history/event.js';
import { historyOf } from '../samples.js';
import { checkRevisionOrder } from './order.js';

type Timed = readonly [from: number, to: number, f: string, revision: number];

function check(...calls: readonly Timed[]): string[] {
  const events = calls.flatMap(([from, to, f, revision], process): HistoryEvent[] => [
    { time: from, process, type: 'invoke', f },
    { time: to, process, type: 'ok', f, revision },
  ]);
  const history = historyOf(
    'set',
    events.sort((a, b) => a.time - b.time),
  );
  const options = {
    wrote: ({ invoke }: { invoke: HistoryEvent }) => invoke.f === 'add',
    ignored: ({ invoke }: { invoke: HistoryEvent }) => invoke.f === 'old',
  };
  return checkRevisionOrder(history, options).anomalies.map(({ name }) => name);
}

describe('The check of the order of revisions', () => {
  it('lets concurrent calls have any order, a read the revision of the call before it, and a write a larger one', () => {
    expect(check([1, 9, 'add', 3], [2, 8, 'add', 2], [10, 11, 'read', 3], [12, 13, 'add', 4])).to.deep.equal([]);
    expect(check([1, 2, 'add', 3], [3, 4, 'read', 2])).to.deep.equal(['revision-went-back']);
    expect(check([1, 2, 'read', 3], [3, 4, 'add', 3])).to.deep.equal(['revision-went-back']);
    expect(check([1, 2, 'add', 3], [3, 4, 'old', 2])).to.deep.equal([]);
  });

  it('lets no two writes share a revision', () => {
    expect(check([1, 9, 'add', 3], [2, 8, 'add', 3])).to.deep.equal(['shared-revision']);
    expect(check([1, 9, 'add', 3], [2, 8, 'read', 3])).to.deep.equal([]);
  });
});
