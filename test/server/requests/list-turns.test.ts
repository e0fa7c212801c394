import { expect } from 'chai';
import { ListTurns } from '../../../src/server/requests/list-turns.js';

/** Encodes numbers as one byte each. */
const numbers = (count: number, unitsOf: () => number): Parameters<ListTurns['encode']>[0] => ({
  items: Array.from({ length: count }, (_, at) => at),
  unitsOf,
  encode: (some) => Uint8Array.from(some as readonly number[]),
});

// 200 callers that listed 10,000 sessions held the event loop for 12 s: all of their lists were made in one turn.
describe('long lists', () => {
  it('are made one at a time, in slices', async () => {
    const events: string[] = [];
    const lists = new ListTurns(() => {
      events.push('pause');
      return Promise.resolve();
    });
    const list = (name: string): Promise<Uint8Array> =>
      lists.run(async () => {
        events.push(name);
        return Buffer.concat(await lists.encode(numbers(100, () => 100)));
      });
    const made = await Promise.all([list('a'), list('b')]);
    const slices = Array.from({ length: 5 }, () => 'pause');
    expect(events).to.deep.equal(['a', ...slices, 'b', ...slices]);
    const all = Buffer.from(Array.from({ length: 100 }, (_, at) => at));
    expect(made.map((bytes) => Buffer.from(bytes))).to.deep.equal([all, all]);
  });

  it('do not wait for one that could not be made', async () => {
    const lists = new ListTurns(() => Promise.resolve());
    const failed = lists.run(() => Promise.reject(new Error('no list')));
    const made = lists.run(() => lists.encode(numbers(2, () => 1)));
    expect(await failed.catch((error: unknown) => String(error))).to.equal('Error: no list');
    expect(await made).to.deep.equal([Uint8Array.of(0, 1)]);
  });
});
