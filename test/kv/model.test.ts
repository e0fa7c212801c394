import { expect } from 'chai';
import * as fc from 'fast-check';
import type { etcdserverpb } from '../../src/gen/proto.js';
import type { ApplyResult, KvStoreOptions } from '../../src/kv/store.js';
import { actual, expected } from './support/compared.js';
import { Fixture, levelHome, memoryHome, type Home } from './support/fixture.js';
import { ALL_LEASES } from './support/lease-writes.js';
import { Model } from './support/model.js';
import { LEASES, rangeRequest } from './support/requests.js';
import { write, type Write } from './support/writes.js';

type Step =
  | { readonly kind: 'batch'; readonly writes: readonly Write[] }
  | { readonly kind: 'range'; readonly request: etcdserverpb.RangeRequest.$Properties }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'swept' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(write, { minLength: 1, maxLength: 12 }).map((writes): Step => ({ kind: 'batch', writes })),
  },
  { weight: 8, arbitrary: rangeRequest.map((request): Step => ({ kind: 'range', request })) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'reopen' }, { kind: 'swept' }) },
);

/** The leases with their TTLs and keys. */
async function expectSameLeases({ store }: Fixture, model: Model): Promise<void> {
  const leases = [...store.leases.all()].map(({ id, ttlSeconds, grantedIndex }) => {
    return [String(id), { ttl: BigInt(ttlSeconds), granted: grantedIndex }] as const;
  });
  expect(new Map(leases)).to.deep.equal(model.leases);
  for (const id of ALL_LEASES) {
    const { keys = [] } = await store.keysOfLease(id);
    const wanted = model.keysOfLease(id);
    expect(keys.map((key) => Buffer.from(key).toString('latin1'))).to.deep.equal(wanted);
  }
}

async function runSteps(fixture: Fixture, steps: readonly Step[]): Promise<Model> {
  const model = new Model(LEASES);
  for (const step of steps) {
    switch (step.kind) {
      case 'batch': {
        const wanted = step.writes.map(({ ask }) => {
          model.index++;
          return expected(model, ask);
        });
        const results = await fixture.apply(step.writes.map(({ kind, request }) => [kind, request]));
        expect(step.writes.map(({ kind }, at) => actual(kind, results[at] as ApplyResult))).to.deep.equal(wanted);
        break;
      }
      case 'range': {
        const result = await fixture.store.range(step.request);
        expect(actual('range', result)).to.deep.equal(expected(model, (asked) => asked.range(step.request)));
        break;
      }
      case 'reopen':
        await fixture.reopen();
        break;
      case 'swept':
        await fixture.store.whenSwept(fixture.store.compactedRevision());
        break;
    }
    expect(fixture.store.revision()).to.equal(model.revision);
    expect(fixture.store.compactedRevision()).to.equal(model.compacted);
    await expectSameLeases(fixture, model);
  }
  return model;
}

/** Limits of a run that hangs, and of the shrinking of a failed run. */
const bounded = { interruptAfterTimeLimit: 250_000, markInterruptAsFailure: true } as const;
const seed = Number(process.env['SEED'] ?? 20_251);

function compareWithModel(options: {
  readonly home: () => Home | Promise<Home>;
  readonly runs: number;
  readonly store?: Partial<KvStoreOptions>;
}): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const fixture = await Fixture.open(await options.home(), options.store);
      try {
        await runSteps(fixture, steps);
      } finally {
        await fixture.remove();
      }
    }),
    { numRuns: options.runs, seed, ...bounded },
  );
}

describe(`KvStore against a model of etcd's semantics (SEED=${seed})`, () => {
  it('gives the answers of the model, on the memory engine', async () => {
    await compareWithModel({ home: memoryHome, runs: 120 });
  }).timeout(300_000);

  it('gives the answers of the model, on LevelDB', async () => {
    await compareWithModel({ home: levelHome, runs: 25 });
  }).timeout(300_000);

  // A large batch keeps most of what it deletes in another form.
  for (const largeBatchChanges of [0, 1, 3]) {
    it(`gives the answers of the model, with batches that are large after ${largeBatchChanges} changes`, async () => {
      await compareWithModel({ home: memoryHome, runs: 40, store: { largeBatchChanges } });
    }).timeout(300_000);
  }

  it('has the same hash for batches of any size and any progress of compaction', async () => {
    const steps = fc.array(step, { minLength: 20, maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 30 }), async (steps, batchSize) => {
        const left = await Fixture.open();
        const right = await Fixture.open(memoryHome(), { largeBatchChanges: batchSize % 4 });
        try {
          const model = await runSteps(left, steps);
          const commands = steps.flatMap((step) => (step.kind === 'batch' ? step.writes : []));
          for (let at = 0; at < commands.length; at += batchSize) {
            await right.apply(commands.slice(at, at + batchSize).map(({ kind, request }) => [kind, request]));
          }
          // The twin's published state still holds the rows that this store has removed.
          await left.store.whenSwept(model.compacted);
          await left.reopen();
          await expectSameLeases(right, model);
          for (let revision = Math.max(1, model.compacted); revision <= model.revision; revision++) {
            expect(await left.store.hashKv(revision)).to.deep.equal(await right.store.hashKv(revision));
          }
        } finally {
          await left.remove();
          await right.remove();
        }
      }),
      { numRuns: 60, seed, ...bounded },
    );
  }).timeout(300_000);
});
