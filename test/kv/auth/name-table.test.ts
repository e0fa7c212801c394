import { expect } from 'chai';
import { addUser } from '../../../src/kv/auth/user-commands.js';
import { AuthState } from '../../../src/kv/auth/auth-state.js';
import { NameTable } from '../../../src/kv/auth/name-table.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { assert } from '../../../src/util/assert.js';
import { randomInteger, seededRandom } from '../../../src/util/random.js';
import { expectShortWork } from '../../support/time-limits.js';

const { AuthUserAddRequest } = etcdserverpb;
const SEED = Number(process.env['SEED'] ?? 1);

describe('NameTable', () => {
  it('equals a Map after any changes, and leaves earlier tables as they were', () => {
    const random = seededRandom(SEED);
    let table: NameTable<number> = NameTable.of<number>([]);
    const model = new Map<string, number>();
    const earlier: { readonly table: NameTable<number>; readonly entries: readonly [string, number][] }[] = [];
    const sorted = (): [string, number][] => [...model].sort(([left], [right]) => (left < right ? -1 : 1));
    for (let step = 0; step < 2_000; step++) {
      const name = `user ${randomInteger(random, 0, 150)}\u{1f600}`;
      const kind = randomInteger(random, 0, 20);
      if (kind === 0) {
        const odd = step % 2;
        table = table.mapped((value) => (value % 2 === odd ? value + 10_000 : value));
        for (const [key, value] of model) if (value % 2 === odd) model.set(key, value + 10_000);
      } else if (kind < 8) {
        table = table.without(name);
        model.delete(name);
      } else {
        table = table.with(name, step);
        model.set(name, step);
      }
      expect([table.size, table.get(name), table.has(name)], `seed ${SEED}`).to.deep.equal([
        model.size,
        model.get(name),
        model.has(name),
      ]);
      if (step % 100 === 0) earlier.push({ table, entries: sorted() });
    }
    for (const { table: old, entries } of [...earlier, { table, entries: sorted() }]) {
      expect([...old]).to.deep.equal(entries);
      expect([...old.keys()]).to.deep.equal(entries.map(([name]) => name));
      expect([...old.values()]).to.deep.equal(entries.map(([, value]) => value));
    }
  });

  it('is the same table if nothing changes', () => {
    const table = NameTable.of([['a', 1]] as const);
    expect(table.mapped((value) => value)).to.equal(table);
    expect(NameTable.of<number>(table)).to.equal(table);
  });

  // Each user that was added copied the table: 20,000 took 77 seconds.
  it('takes no longer for a new user if there are many', async () => {
    await expectShortWork(1_000, () => {
      let state = AuthState.empty;
      for (let at = 0; at < 10_000; at++) {
        const outcome = addUser(
          state,
          AuthUserAddRequest.decode(AuthUserAddRequest.encode({ name: `user ${at}` }).finish()),
        );
        assert(outcome.kind === 'changed', 'the user is added');
        ({ state } = outcome);
      }
      expect(state.users.size).to.equal(10_000);
    });
  });
});
