import { expect } from 'chai';
import { raftkv } from '../../../src/gen/proto.js';
import { encodeKeyValue } from '../../../src/kv/format/key-value.js';
import { currentKey, leaseKey } from '../../../src/kv/format/layout.js';
import type { KvStore } from '../../../src/kv/store.js';
import { HashCalls } from '../../../src/server/integrity/hash-calls.js';
import { checkInitialState } from '../../../src/server/integrity/initial-check.js';
import { ConfigError } from '../../../src/server/settings/urls.js';
import { silentLogger } from '../../../src/util/logger.js';
import { auth } from '../../kv/auth/auth-requests.js';
import { CONF_STATE, encode, Fixture, memoryHome } from '../../kv/support/fixture.js';
import { VirtualTime } from '../../support/virtual-time.js';

const MEMBERS = [1, 2, 3].map((id) => ({
  id,
  name: `n${id}`,
  peerUrls: [`http://n${id}:2380`],
  clientUrls: [],
  isLearner: false,
}));

const KEY = Buffer.from('key');
const damagedRow = {
  type: 'put',
  key: currentKey(KEY),
  value: encodeKeyValue({
    key: KEY,
    createRevision: 2,
    modRevision: 4,
    version: 3,
    value: Buffer.from('x'),
    lease: 0n,
  }),
} as const;

describe('the comparison with the other members before a start', () => {
  const fixtures: Fixture[] = [];

  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) await fixture.remove();
  });

  /** A member's store after the first `commands` of the same commands. */
  async function member(commands: number, { damaged = false } = {}): Promise<Fixture> {
    const fixture = await Fixture.open(memoryHome(), { bootstrap: { members: MEMBERS, confState: CONF_STATE } });
    fixtures.push(fixture);
    const all = [
      encode.put('key', '1'), // revision 2
      encode.put('key', '2'),
      encode.put('key', '3'),
      encode.put('other', '1'),
      encode.compact(4),
      encode.put('other', '2'), // revision 6
      encode.delete('other'),
      encode.compact(7),
    ];
    await fixture.apply(all.slice(0, 3));
    if (damaged) {
      // A bit of a value changed where no checksum covers it.
      await fixture.engine.write([damagedRow]);
      await fixture.reopen();
    }
    if (commands > 3) await fixture.apply(all.slice(3, commands));
    return fixture;
  }

  /** The result of member 1's start: 'starts', or its error. */
  async function start(own: Fixture, others: Readonly<Record<number, Fixture | undefined>>): Promise<string> {
    const time = new VirtualTime();
    const answering = (store: KvStore): HashCalls =>
      new HashCalls({
        node: { call: () => undefined, isConnected: () => false },
        clock: time.clock(),
        random: { next: () => 0 },
        store,
        onFatal: (error) => {
          throw error;
        },
      });
    try {
      await checkInitialState({
        memberId: 1,
        store: own.store,
        dataDir: '/data',
        logger: silentLogger,
        ask: async (url, question) => {
          const asked = others[Number(/n(\d)/.exec(url)?.[1])];
          if (asked === undefined) throw new Error('connect ECONNREFUSED');
          const body = raftkv.HashAnswer.encode(await answering(asked.store).answer(question)).finish();
          return raftkv.HashAnswer.decode(body);
        },
      });
      return 'starts';
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  }

  for (const [what, own, theirs] of [
    ['as far', 5, 5],
    ['further', 4, 8],
    ['behind', 7, 4],
    ['compacted further', 5, 6],
    ['not compacted as far', 8, 7],
    ['at the very beginning', 8, 0],
  ] as const) {
    it(`succeeds if the others are ${what}`, async () => {
      expect(await start(await member(own), { 2: await member(theirs), 3: await member(theirs) })).to.equal('starts');
    });
  }

  for (const [what, own, theirs] of [
    ['as far', 5, 5],
    ['further', 4, 5],
    ['behind', 8, 7],
    ['compacted further', 4, 5],
    ['not compacted as far', 5, 4],
  ] as const) {
    it(`refuses a different state if the others are ${what}`, async () => {
      const damaged = await member(own, { damaged: true });
      const line = await start(damaged, { 2: await member(theirs), 3: await member(theirs) });
      expect(line).to.match(/^--initial-corrupt-check: at revision \d .* \/data differs .* member 0{15}2: remove/);
      expect(await start(damaged, { 2: undefined, 3: await member(theirs) })).to.match(/member 0{15}3: remove/);
    });
  }

  it('refuses other users or leases, although the keys are the same', async () => {
    const [own, other] = [await member(5), await member(5)];
    for (const fixture of [own, other]) await fixture.apply([auth.addUser('ann'), encode.leaseGrant(70n, 100)]);
    await other.apply([encode.leaseRevoke(70n), auth.deleteUser('ann')]);
    expect(await start(own, { 2: other })).to.equal('starts');
    await own.engine.write([{ type: 'delete', key: leaseKey(70n) }]);
    await own.reopen();
    const line = await start(own, { 2: other });
    expect(line).to.match(
      /^--initial-corrupt-check: at entry 7 the hash of users and leases in .* differs from that of/,
    );
  });

  it('leaves out members that do not answer, or have compacted the last revision', async () => {
    const damaged = await member(4, { damaged: true });
    expect(await start(damaged, {})).to.equal('starts');
    expect(await start(damaged, { 2: await member(8) })).to.equal('starts');
  });

  it('starts with the majority if another member differs', async () => {
    const damaged = await member(5, { damaged: true });
    const well = await member(5);
    expect(await start(well, { 2: damaged, 3: await member(6) })).to.equal('starts');
    expect(await start(well, { 2: damaged, 3: undefined })).to.match(/member 0{15}2: remove/);
  });
});
