import { expect } from 'chai';
import { leaseKey } from '../../../src/kv/format/layout.js';
import type { CommandKind } from '../../../src/kv/commands/command.js';
import { auth } from '../auth/auth-requests.js';
import { encode, Fixture, memoryHome } from '../support/fixture.js';

type Command = readonly [CommandKind, Uint8Array];

const COMMANDS: readonly Command[] = [
  encode.put('k', '1'),
  encode.leaseGrant(70n, 100),
  auth.addUser('root'),
  encode.leaseGrant(80n, 60),
  auth.addUser('ann'),
  encode.leaseRevoke(70n),
  encode.put('k', '2'),
  auth.grantRole('root', 'root'),
  encode.leaseGrant(70n, 100),
  auth.addUser('ann'), // refused
  encode.leaseRevoke(99n), // refused
  auth.deleteUser('ann'),
];

describe('the hash of records', () => {
  const fixtures: Fixture[] = [];

  async function open(): Promise<Fixture> {
    const fixture = await Fixture.open(memoryHome());
    fixtures.push(fixture);
    return fixture;
  }

  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) await fixture.remove();
  });

  it('is that of the rows at each index, however the commands are batched', async () => {
    const [one, many] = [await open(), await open()];
    const byRows: number[] = [(await one.store.hashRecords()).hash];
    for (const command of COMMANDS) {
      await one.apply([command]);
      const { hash, appliedIndex } = await one.store.hashRecords();
      expect(appliedIndex).to.equal(byRows.length);
      byRows.push(hash);
    }
    await many.apply(COMMANDS);
    const remembered = byRows.map((_, index) => many.store.recordHashAt(index));
    expect(remembered).to.deep.equal(byRows);
    expect(new Set(byRows).size, 'each change, and nothing else, changes it').to.equal(9);
    expect(many.store.recordHashAt(COMMANDS.length + 1), 'not applied yet').to.equal(undefined);
  });

  it('goes on after a restart, from which on it is remembered', async () => {
    const fixture = await open();
    await fixture.apply(COMMANDS.slice(0, 6));
    const before = fixture.store.recordHashAt(6);
    await fixture.reopen();
    expect([fixture.store.recordHashAt(6), fixture.store.recordHashAt(5)]).to.deep.equal([before, undefined]);
    await fixture.apply(COMMANDS.slice(6));
    expect(await fixture.store.hashRecords()).to.deep.equal({
      hash: fixture.store.recordHashAt(COMMANDS.length),
      appliedIndex: COMMANDS.length,
    });
  });

  it('shows a lease that is lost from the rows, which HashKV does not', async () => {
    const [whole, damaged] = [await open(), await open()];
    for (const fixture of [whole, damaged]) await fixture.apply(COMMANDS);
    await damaged.engine.write([{ type: 'delete', key: leaseKey(80n) }]);
    for (const fixture of [whole, damaged]) await fixture.apply([encode.put('k', '3')]);
    expect(await damaged.store.hashKv(0)).to.deep.equal(await whole.store.hashKv(0));
    expect(await damaged.store.hashRecords()).not.to.deep.equal(await whole.store.hashRecords());
  });
});
