import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { wholeBody, type EncodedBody } from '../../../src/kv/format/wire.js';
import { LeaseTable, type Lease } from '../../../src/kv/leases/leases.js';
import { LeaseLists } from '../../../src/server/lease/lease-lists.js';
import { toBigInt } from '../../../src/util/integer.js';
import { expectShortTurns } from '../../support/time-limits.js';

const MANY = 60_000;
const lease = (number: number): Lease => ({ id: BigInt(number), ttlSeconds: 60, grantedIndex: number });
const idsOf = (body: EncodedBody): number[] =>
  etcdserverpb.LeaseLeasesResponse.decode(wholeBody(body)).leases.map(({ ID }) => Number(toBigInt(ID)));

/** Lists of a leader, on which leases with larger ids expire earlier. */
class Listed {
  readonly table = new LeaseTable();
  readonly lists: LeaseLists;
  readonly ends = new Map<bigint, number>();
  order = {};
  /** Times that a lease was looked up for a list. */
  lookups = 0;

  constructor(leases: number) {
    for (let number = 1; number <= leases; number++) this.grant(number);
    this.lists = new LeaseLists({
      store: { leases: this.table },
      lessor: Object.defineProperty({ endsMs: (id: bigint) => this.#endsMs(id), order: {} }, 'order', {
        get: () => this.order,
      }),
      pause: () => new Promise((resolve) => void setImmediate(resolve)),
    });
  }

  grant(number: number): void {
    this.table.apply([{ kind: 'granted', lease: lease(number) }]);
    this.ends.set(BigInt(number), 1_000_000 - number);
  }

  #endsMs(id: bigint): number | undefined {
    this.lookups++;
    return this.ends.get(id);
  }

  async ids(): Promise<number[]> {
    return idsOf((await this.lists.list(() => undefined)).body);
  }
}

const descending = (length: number): number[] => Array.from({ length }, (_, at) => length - at);

// With 60,000 leases, 64 concurrent calls of LeaseLeases held the event loop for 1.8 s: each sorted and encoded all leases by
// itself, and calls that are confirmed together are answered in one turn. Any user may ask, and grant as many leases.
describe('lists of leases', () => {
  it('are made once for calls of one turn, without a hold of the event loop', async () => {
    const listed = new Listed(MANY);
    await expectShortTurns(
      async () => {
        listed.grant(MANY + 1); // the list that is known is of no use
        listed.lookups = 0;
        const answers = await Promise.all(
          Array.from({ length: 64 }, async () => await listed.lists.list(() => undefined)),
        );
        expect(new Set(answers.map(({ body }) => body)).size).to.equal(1);
        expect(listed.lookups).to.equal(MANY + 1);
      },
      { limitMs: 40 },
    );
    expect(await listed.ids()).to.deep.equal(descending(MANY + 1));
  });

  for (const many of [3, 5_000]) {
    it(`are of the leases of the turn in which the caller looks at the state, with ${many}`, async () => {
      const listed = new Listed(many);
      const sizes: number[] = [];
      const list = async (): Promise<number[]> => {
        const { body, taken } = await listed.lists.list(() => listed.table.size);
        sizes.push(taken);
        const ids = idsOf(body);
        expect(ids).to.deep.equal(descending(taken));
        return ids;
      };
      const early = list();
      listed.grant(many + 1);
      const late = [list(), list()];
      expect(await early).to.have.length(many);
      for (const ids of await Promise.all(late)) expect(ids).to.have.length(many + 1);
      expect(sizes).to.have.members([many, many + 1, many + 1]);
    });

    it(`have the order of a renewal, with ${many}`, async () => {
      const listed = new Listed(many);
      expect((await listed.ids())[0]).to.equal(many);
      listed.ends.set(BigInt(many), 2_000_000);
      listed.order = {};
      expect((await listed.ids()).at(-1)).to.equal(many);
    });
  }

  it('are made one at a time, also while the leases change all the time', async () => {
    const listed = new Listed(5_000);
    const calls: Promise<number[]>[] = [];
    for (let call = 1; call <= 20; call++) {
      calls.push(listed.ids());
      listed.grant(5_000 + call);
    }
    const lengths = (await Promise.all(calls)).map(({ length }) => length);
    expect(lengths[0]).to.equal(5_000);
    expect(new Set(lengths.slice(1))).to.deep.equal(new Set([5_020]));
    expect(listed.lookups).to.equal(5_000 + 5_020);
  });
});
