import { expect } from 'chai';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { copyOf } from '../../../src/engine/operation.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { DEFAULT_LARGE_BATCH_CHANGES } from '../../../src/kv/commands/draft.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import type { ApplyResult, KvStore } from '../../../src/kv/store.js';
import { clampInteger } from '../../../src/util/integer.js';
import { encode, Fixture, levelHome, memoryHome } from '../support/fixture.js';
import { mainThreadMs } from '../../support/turn-probe.js';
import { wholeBody } from '../../../src/kv/format/wire.js';

const LEASE = 77n;
const KEYS = 20_000;
const [FROM, TO] = ['k/', 'k0'];

const key = (at: number): string => `${FROM}${String(at).padStart(8, '0')}`;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
type Command = readonly [Parameters<Fixture['command']>[0], Uint8Array];

/** Commands that delete all keys. */
const COMMANDS: readonly (readonly [string, Command])[] = [
  ['the revocation of a lease', encode.leaseRevoke(LEASE)],
  ['a range deletion', encode.delete(FROM, TO)],
  [
    'a transaction',
    encode.txn({ success: [{ requestDeleteRange: { key: bytes(FROM), rangeEnd: bytes(TO), prevKv: true } }] }),
  ],
];

async function load(fixture: Fixture, keys: number): Promise<void> {
  await fixture.apply([encode.leaseGrant(LEASE, 1000)]);
  for (let at = 0; at < keys; at += 1000) {
    const puts = Array.from({ length: 1000 }, (_, each) =>
      encode.put(key(at + each), 'value', { lease: wireLeaseId(LEASE) }),
    );
    await fixture.apply(puts);
  }
}

async function count(store: KvStore): Promise<{ readonly keys: number; readonly revision: number }> {
  const result = await store.range({ key: bytes(FROM), rangeEnd: bytes(TO), countOnly: true });
  if (result.kind === 'error') throw new Error(result.error.kind);
  return {
    keys: clampInteger(etcdserverpb.RangeResponse.decode(wholeBody(result.body)).count),
    revision: result.revision,
  };
}

function revisionOf(result: ApplyResult | undefined): number {
  if (result?.kind !== 'ok') throw new Error(JSON.stringify(result));
  return result.revision;
}

describe('KvStore, while a command deletes many keys', () => {
  // Revoking a lease of 100,000 keys blocked the event loop of each member for seconds; the call and those of other
  // clients timed out, and with 200,000 keys the cluster elected another leader.
  for (const [name, command] of COMMANDS) {
    it(`yields to the event loop and serves reads from the state before, during ${name}`, async function () {
      this.timeout(300_000);
      let pauses = 0;
      const pause = (): Promise<void> => {
        pauses++;
        return turn();
      };
      const fixture = await Fixture.open(await levelHome(), { pause });
      await load(fixture, KEYS);
      await fixture.store.whenCounted();
      const { store } = fixture;
      const before = store.revision();
      const begun = mainThreadMs();
      let [longestMs, last] = [0, begun];
      pauses = 0;
      let slices = 0;
      const results: ApplyResult[] = [];
      const applying = fixture.apply([command]).then((answers) => results.push(...answers));
      while (results.length === 0) {
        if (store.revision() === before) expect(await count(store)).to.deep.equal({ keys: KEYS, revision: before });
        await turn();
        slices = Math.max(slices, store.slicesDone());
        longestMs = Math.max(longestMs, mainThreadMs() - last);
        last = mainThreadMs();
      }
      await applying;
      expect(revisionOf(results[0])).to.equal(before + 1);
      expect(await count(store)).to.deep.equal({ keys: 0, revision: before + 1 });
      // Slices of the command itself and of writing its rows. They show to waiting callers that the command proceeds.
      expect({ some: slices > KEYS / 512, after: store.slicesDone() }).to.deep.equal({ some: true, after: 0 });
      expect(pauses, 'pauses of the command').to.be.at.least(Math.floor(KEYS / 512));
      expect(longestMs, 'the longest turn, of the processor time that the command takes').to.be.below(
        (last - begun) / 4,
      );
      await fixture.remove();
    });
  }

  // Comparisons, ranges and nested transactions did not count as work, so that thousands of them ran in one turn.
  for (const [name, ops] of [
    ['comparisons', { compare: Array.from({ length: 4000 }, (_, at) => ({ key: bytes(key(at)) })) }],
    ['ranges', { success: Array.from({ length: 4000 }, (_, at) => ({ requestRange: { key: bytes(key(at)) } })) }],
    [
      'deletions',
      { success: Array.from({ length: 4000 }, (_, at) => ({ requestDeleteRange: { key: bytes(key(at)) } })) },
    ],
    ['puts', { success: Array.from({ length: 4000 }, (_, at) => ({ requestPut: { key: bytes(key(at)) } })) }],
    ['nested transactions', { success: Array.from({ length: 4000 }, () => ({ requestTxn: {} })) }],
  ] as const) {
    it(`yields to the event loop during a transaction of many ${name}`, async () => {
      let pauses = 0;
      const pause = (): Promise<void> => {
        pauses++;
        return turn();
      };
      const fixture = await Fixture.open(undefined, { pause });
      pauses = 0;
      const request = { compare: [], success: [], ...ops };
      const [result] = await fixture.apply([
        encode.txn({ compare: [...request.compare], success: [...request.success] }),
      ]);
      expect(result?.kind).to.equal('ok');
      expect(pauses).to.be.at.least(7);
      await fixture.remove();
    });
  }

  it('writes all of the command or nothing when the process dies during it', async () => {
    const engine = new MemoryEngine();
    let pauses = -Infinity; // until the keys are there
    const fixture = await Fixture.open(memoryHome(engine), {
      pause: () => (++pauses === 3 ? new Promise(() => undefined) : Promise.resolve()),
    });
    await load(fixture, 5000);
    const { store } = fixture;
    await store.whenCounted();
    await engine.barrier();
    const [appliedIndex, revision] = [store.appliedIndex(), store.revision()];
    pauses = 0;
    void fixture.apply([encode.leaseRevoke(LEASE)]);
    for (let turns = 0; turns < 100; turns++) await turn();
    expect(pauses, 'the command is halfway').to.equal(3);
    const restarted = await Fixture.open(memoryHome(engine.crash()));
    expect(await count(restarted.store)).to.deep.equal({ keys: 5000, revision });
    expect(restarted.store.appliedIndex()).to.equal(appliedIndex);
    expect(restarted.store.leases.get(LEASE)).to.not.equal(undefined);
    await restarted.remove();
  });

  it('applies the commands that follow in a batch of their own, with the same result', async () => {
    const batches: number[] = [];
    class Counting extends MemoryEngine {
      override async write(...[operations]: Parameters<MemoryEngine['write']>): Promise<void> {
        const written = Array.from(operations, copyOf);
        batches.push(written.length);
        await super.write(written);
      }
    }
    const fixture = await Fixture.open(memoryHome(new Counting()));
    await load(fixture, DEFAULT_LARGE_BATCH_CHANGES + 904);
    batches.length = 0;
    const first = fixture.store.revision();
    const results = await fixture.apply([
      encode.put('before'),
      encode.delete(FROM, TO),
      encode.put(key(1), 'again'),
      encode.put('behind'),
    ]);
    expect(results.map(revisionOf)).to.deep.equal([first + 1, first + 2, first + 3, first + 4]);
    expect(batches.length, 'batches').to.equal(2);
    expect(await count(fixture.store)).to.deep.equal({ keys: 1, revision: first + 4 });
    await fixture.remove();
  });

  for (const largeBatchChanges of [700, DEFAULT_LARGE_BATCH_CHANGES])
    it(`lets a transaction read, count and delete again what it has deleted, if ${largeBatchChanges} changes are many`, async () => {
      const fixture = await Fixture.open(memoryHome(), { largeBatchChanges });
      await load(fixture, 3000);
      const revision = fixture.store.revision();
      const range = { key: bytes(key(500)), rangeEnd: bytes(TO) };
      const all = { key: bytes(FROM), rangeEnd: bytes(TO) };
      const [result] = await fixture.apply([
        encode.txn({
          success: [
            { requestRange: { ...all, countOnly: true } },
            { requestDeleteRange: range },
            { requestRange: { ...all, countOnly: true } },
            { requestRange: { ...range, limit: 1 } },
            { requestRange: { ...all, limit: 2, sortOrder: 2 } },
            { requestPut: { key: bytes('k.'), value: bytes('x') } },
            { requestDeleteRange: all },
            { requestRange: { ...all, countOnly: true, revision } },
            { requestRange: { ...all, countOnly: true } },
            { requestRange: { ...all, limit: 2, sortOrder: 1, revision } },
            { requestRange: { key: bytes(key(2999)), revision } },
          ],
        }),
      ]);
      if (result?.kind !== 'ok') throw new Error(JSON.stringify(result));
      const { responses } = etcdserverpb.TxnResponse.decode(wholeBody(result.body));
      const counts = responses.map(({ responseRange, responseDeleteRange }) =>
        clampInteger(responseRange?.count ?? responseDeleteRange?.deleted ?? -1),
      );
      expect(counts).to.deep.equal([3000, 2500, 500, 0, 500, -1, 500, 3000, 0, 3000, 1]);
      const keysIn = (response: number): readonly string[] | undefined =>
        responses[response]?.responseRange?.kvs?.map((kv) => Buffer.from(kv.key ?? []).toString());
      expect([4, 9, 10].map(keysIn)).to.deep.equal([[key(499), key(498)], [key(0), key(1)], [key(2999)]]);
      expect(await count(fixture.store)).to.deep.equal({ keys: 0, revision: revision + 1 });
      const old = await fixture.store.range({ ...all, limit: 1, revision });
      const { kvs } = etcdserverpb.RangeResponse.decode(wholeBody(old.kind === 'ok' ? old.body : new Uint8Array()));
      expect(kvs.map((kv) => Buffer.from(kv.key ?? []).toString())).to.deep.equal([key(0)]);
      await fixture.remove();
    });
});
