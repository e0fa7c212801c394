import { expect } from 'chai';
import { RaftKvError } from '../../../src/client/index.js';
import type { Cache, KeyValue } from '../../../src/client/index.js';
import { Cache as CacheClass } from '../../../src/client/cache/cache.js';
import { withCache } from './cache-setting.js';

const CONSISTENT = { consistency: 'consistent' } as const;
const STALE = { consistency: 'stale' } as const;

const textOf = (kv: KeyValue): string => `${kv.keyText()}=${kv.valueText()}`;

async function allOf(cache: Cache, options = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const kv of cache.scan(undefined, options)) found.push(textOf(kv));
  return found;
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'no error';
  } catch (error) {
    if (error instanceof RaftKvError) return error.code;
    throw error;
  }
};

describe('a cache', () => {
  it('answers from memory: single keys, ranges, counts and iterations', async () => {
    await withCache(async ({ put, remove, open, clock }) => {
      for (let at = 0; at < 300; at++) put([`a/${String(at).padStart(3, '0')}`, String(at)]);
      put(['b/1', 'outside']);
      const cache = await open();
      put(['a/000', 'changed']);
      remove('a/001');
      await clock.sleep(30);
      const { kv, ...answer } = await cache.get('a/000', STALE);
      expect(kv && textOf(kv)).to.equal('a/000=changed');
      expect(answer.source).to.equal('memory');
      expect(kv?.version).to.equal(2);
      expect((await cache.get('a/001', STALE)).kv).to.equal(undefined);
      const range = await cache.range({ from: 'a/100', to: 'a/200' }, { ...STALE, limit: 2 });
      expect(range.kvs.map(textOf)).to.deep.equal(['a/100=100', 'a/101=101']);
      expect([range.count, range.more, range.source]).to.deep.equal([100, true, 'memory']);
      expect((await cache.count({ prefix: 'a/2' }, STALE)).count).to.equal(100);
      expect((await cache.count(undefined, STALE)).count).to.equal(299);
      expect(await allOf(cache, STALE)).to.have.length(299);
      const status = cache.status();
      expect([status.state, status.keys, status.error]).to.deep.equal(['filled', 299, undefined]);
      expect(status.reads).to.deep.equal({ memory: 6, cluster: 0 });
    });
  });

  it('refuses keys outside of its range, and malformed arguments', async () => {
    await withCache(async ({ open, source }) => {
      const cache = await open();
      expect(await codeOf(cache.get('b'))).to.equal('invalid-argument');
      expect(await codeOf(cache.range({ prefix: 'a' }))).to.equal('invalid-argument');
      expect(await codeOf(cache.count({ from: 'a/' }))).to.equal('invalid-argument');
      expect(await codeOf(cache.get('a/1', { maxStalenessMs: 5 }))).to.equal('invalid-argument');
      expect(await codeOf(cache.get('a/1', { consistency: 'newest' as 'stale' }))).to.equal('invalid-argument');
      expect(() => new CacheClass(source, 'default', { prefix: 'a', keysMax: 0 })).to.throw('keysMax');
      expect(() => new CacheClass(source, 'default', { prefix: 'a', refreshMs: -1 })).to.throw('refreshMs');
      expect(() => new CacheClass(source, 'default', {} as { prefix: string })).to.throw('a range takes');
    });
  });

  it('answers a consistent read after one round without a value, with all that was acknowledged before it', async () => {
    await withCache(async ({ put, open, source }) => {
      put(['a/1', '1']);
      const cache = await open();
      source.asked.length = 0;
      const revision = put(['a/1', '2']);
      const answer = await cache.get('a/1', CONSISTENT);
      expect([answer.kv?.valueText(), answer.revision, answer.source]).to.deep.equal(['2', revision, 'memory']);
      expect(answer.ageMs).to.be.below(60);
      expect(source.asked).to.have.length(1);
      const [{ key, options } = { key: '', options: {} }] = source.asked;
      expect([key, options.countOnly, options.consistency]).to.deep.equal(['a/', true, 'consistent']);
      // A write of another key is progress, too.
      put(['b/1', '1']);
      expect((await cache.get('a/1', CONSISTENT)).revision).to.equal(revision + 1);
    });
  });

  it('shares rounds among reads, and only those that begin after the read', async () => {
    await withCache(async ({ put, open, source, clock }) => {
      put(['a/1', '1']);
      const cache = await open();
      source.asked.length = 0;
      await Promise.all(Array.from({ length: 50 }, () => cache.get('a/1', CONSISTENT)));
      expect(source.asked).to.have.length(1);
      const reads: Promise<number>[] = [];
      for (let at = 0; at < 40; at++) {
        const least = put(['a/1', String(at)]);
        reads.push(cache.get('a/1', CONSISTENT).then(({ revision }) => revision - least));
        if (at % 4 === 0) await clock.sleep(1);
      }
      for (const ahead of await Promise.all(reads)) expect(ahead).to.be.at.least(0);
      expect(source.asked.length).to.be.below(25);
    });
  });

  it('has one whole revision at any time', async () => {
    await withCache(async ({ put, open, clock }) => {
      put(['a/1', '0'], ['a/2', '0']);
      const cache = await open();
      for (let at = 1; at < 60; at++) {
        put(['a/1', String(at)], ['a/2', String(at)]);
        const level = at % 2 === 0 ? STALE : CONSISTENT;
        const { kvs, revision } = await cache.range(undefined, level);
        expect(kvs[0]?.valueText()).to.equal(kvs[1]?.valueText());
        expect(kvs[0]?.modRevision).to.be.at.most(revision);
        await clock.sleep(at % 7);
      }
    });
  });

  it('states an age that no answer exceeds, and that a member vouches for again while nothing is written', async () => {
    await withCache(async ({ put, open, store, clock }) => {
      put(['a/1', '0']);
      const cache = await open({ refreshMs: 100 });
      for (let at = 1; at < 100; at++) {
        put(['a/1', String(at)]);
        await clock.sleep(at % 9);
        const { revision, ageMs, source } = await cache.get('a/1', STALE);
        expect(source).to.equal('memory');
        expect(revision).to.be.at.least(store.revisionAt(clock.nowMs - (ageMs ?? Infinity)));
      }
      await clock.sleep(5000);
      expect((await cache.get('a/1', STALE)).ageMs).to.be.below(200);
    });
  });

  it('pays a round for a stale read whose bound its memory exceeds', async () => {
    await withCache(async ({ put, open, source, clock }) => {
      put(['a/1', '0']);
      const cache = await open({ refreshMs: 0 });
      await clock.sleep(500);
      source.asked.length = 0;
      expect((await cache.get('a/1', { ...STALE, maxStalenessMs: 5000 })).ageMs).to.be.within(500, 1000);
      expect(source.asked).to.have.length(0);
      const { ageMs, source: from } = await cache.get('a/1', { ...STALE, maxStalenessMs: 100 });
      expect(ageMs).to.be.at.most(100);
      expect([from, source.asked.length]).to.deep.equal(['memory', 1]);
    });
  });

  it('waits for the revision that a reader has seen', async () => {
    await withCache(async ({ put, open, source }) => {
      put(['a/1', '0']);
      const cache = await open();
      const atLeastRevision = put(['a/1', '1']);
      const answer = await cache.get('a/1', { ...STALE, atLeastRevision });
      expect(answer.kv?.valueText()).to.equal('1');
      // One that does not exist yet is left to the cluster.
      source.asked.length = 0;
      const ahead = await cache.get('a/1', { ...STALE, atLeastRevision: atLeastRevision + 1000 });
      expect([ahead.source, source.asked[0]?.options.atLeastRevision]).to.deep.equal([
        'cluster',
        atLeastRevision + 1000,
      ]);
    });
  });

  it('sends reads to the cluster while its keys exceed a bound, and tries again after a minute', async () => {
    await withCache(async ({ put, remove, open, clock, source }) => {
      for (let at = 0; at < 10; at++) put([`a/${at}`, 'x'.repeat(100)]);
      const small = await open({ keysMax: 9 });
      const tight = await open({ bytesMax: 10 * 356 });
      const grown = await open({ keysMax: 10 });
      expect([small.status().state, tight.status().state, grown.status().state]).to.deep.equal([
        'too-large',
        'too-large',
        'filled',
      ]);
      expect(small.status().error?.code).to.equal('too-large');
      put(['a/new', '1']);
      await clock.sleep(50);
      expect(grown.status()).to.include({ state: 'too-large', keys: 0, bytes: 0 });
      const { kv, source: from } = await grown.get('a/new', STALE);
      expect([kv?.valueText(), from]).to.deep.equal(['1', 'cluster']);
      expect((await grown.range({ prefix: 'a/' }, CONSISTENT)).count).to.equal(11);
      expect(await allOf(grown)).to.have.length(11);
      source.asked.length = 0;
      await clock.sleep(50_000);
      expect(source.asked).to.have.length(0);
      remove('a/new');
      await clock.sleep(20_000);
      expect([small.status().state, grown.status().state]).to.deep.equal(['too-large', 'filled']);
    });
  });

  it('is filled again when the revision of its watch has been compacted', async () => {
    await withCache(async ({ put, open, clock, source, store }) => {
      put(['a/1', '1']);
      const cache = await open();
      source.isInterrupted = true;
      await clock.sleep(20);
      for (let at = 0; at < 10; at++) put(['a/1', String(at)]);
      store.compacted = store.revision;
      expect((await cache.get('a/1', STALE)).kv?.valueText()).to.equal('1');
      source.isInterrupted = false;
      await clock.sleep(500);
      expect(cache.status()).to.deep.include({ state: 'filled', revision: store.revision });
      expect((await cache.get('a/1', STALE)).kv?.valueText()).to.equal('9');
    });
  });

  it('sends consistent reads to the cluster while the watch is interrupted, and states the growing age of stale ones', async () => {
    await withCache(async ({ put, open, clock, source, store }) => {
      put(['a/1', '1']);
      const cache = await open({ refreshMs: 50 });
      source.isInterrupted = true;
      await clock.sleep(1000);
      put(['a/1', '2']);
      const newest = await cache.get('a/1', CONSISTENT);
      expect([newest.kv?.valueText(), newest.source]).to.deep.equal(['2', 'cluster']);
      const old = await cache.get('a/1', STALE);
      expect([old.kv?.valueText(), old.source]).to.deep.equal(['1', 'memory']);
      expect(old.ageMs).to.be.above(900);
      const bounded = await cache.get('a/1', { ...STALE, maxStalenessMs: 500, atLeastRevision: store.revision });
      expect([bounded.kv?.valueText(), bounded.source]).to.deep.equal(['2', 'cluster']);
      source.isInterrupted = false;
      await clock.sleep(100);
      expect((await cache.get('a/1', CONSISTENT)).source).to.equal('memory');
    });
  });

  it('leaves a member whose progress does not come, and answers from the cluster meanwhile', async () => {
    await withCache(async ({ put, open, clock, source }) => {
      put(['a/1', '1']);
      const cache = await open();
      source.isStuck = true;
      put(['b/1', '2']);
      const beganMs = clock.nowMs;
      expect((await cache.get('a/1', CONSISTENT)).source).to.equal('cluster');
      expect(clock.nowMs - beganMs).to.be.within(1000, 1100);
      expect(source.watches.at(-1)?.moves).to.equal(1);
      put(['b/1', '3']);
      expect(await codeOf(cache.get('a/1', { ...CONSISTENT, timeoutMs: 100 }))).to.equal('deadline-exceeded');
      source.isStuck = false;
      await clock.sleep(20);
      expect((await cache.get('a/1', CONSISTENT)).source).to.equal('memory');
    });
  });

  it('drops its memory when the permission is lost, and is filled again when it is back', async () => {
    await withCache(async ({ put, open, clock, source }) => {
      put(['a/1', '1']);
      const cache = await open();
      source.refused = new RaftKvError({
        code: 'permission-denied',
        message: 'etcdserver: permission denied',
        fate: 'not-applied',
        retryable: false,
      });
      await clock.sleep(20);
      expect(cache.status()).to.include({ keys: 0, state: 'waiting' });
      expect(cache.status().error?.code).to.equal('permission-denied');
      expect(await codeOf(cache.get('a/1', STALE))).to.equal('permission-denied');
      source.refused = undefined;
      await clock.sleep(10_000);
      expect((await cache.get('a/1', STALE)).source).to.equal('memory');
    });
  });

  it('drops its memory when another cluster answers', async () => {
    await withCache(async ({ put, open, clock, source }) => {
      put(['a/1', '1']);
      const cache = await open({ refreshMs: 50 });
      source.clusterId = 7;
      await clock.sleep(500);
      expect(cache.status()).to.include({ state: 'filled' });
      expect(cache.status().error?.code).to.equal('failed-precondition');
      expect(source.watches).to.have.length(2);
      source.clusterId = 8;
      const answer = await cache.get('a/1', CONSISTENT);
      expect(answer.source).to.equal('cluster');
    });
  });

  it('drops its memory when the cluster was restored from a backup', async () => {
    await withCache(async ({ put, open, clock, source, store }) => {
      put(['a/1', '1']);
      const backup = store.at(put(['a/1', '2']));
      put(['a/1', '3']);
      const cache = await open({ refreshMs: 0 });
      expect((await cache.get('a/1', STALE)).kv?.valueText()).to.equal('3');
      source.isInterrupted = true;
      await clock.sleep(20);
      source.parts.store = backup;
      source.isInterrupted = false;
      // Noticed once the watch goes on, without a read.
      await clock.sleep(500);
      expect((await cache.get('a/1', STALE)).kv?.valueText()).to.equal('2');
      expect(cache.status().error?.message).to.contain('restored from a backup');
    });
  });

  it('sends all but stale reads to an etcd, whose progress does not prove enough', async () => {
    await withCache(async ({ put, open, clock, source }) => {
      put(['a/1', '1']);
      source.isPlain = true;
      const cache = await open();
      put(['a/1', '2']);
      put(['b/1', '2']);
      expect(await cache.get('a/1', CONSISTENT)).to.include({ source: 'cluster' });
      source.asked.length = 0;
      expect(await cache.get('a/1', CONSISTENT)).to.include({ source: 'cluster' });
      expect(source.asked.map(({ options }) => options.countOnly)).to.deep.equal([undefined]);
      await clock.sleep(5000);
      const answer = await cache.get('a/1', STALE);
      expect([answer.kv?.valueText(), answer.source]).to.deep.equal(['2', 'memory']);
      // Since it was filled: no member vouches for more.
      expect(answer.ageMs).to.be.above(5000);
    });
  });

  it('ends its reads when it is closed, cancelled, or its client is closed', async () => {
    for (const how of ['close', 'signal', 'client'] as const) {
      await withCache(async ({ put, open, clock, source }) => {
        put(['a/1', '1']);
        const stop = new AbortController();
        const cache = await open({ signal: stop.signal });
        source.isStuck = true;
        put(['b/1', '1']);
        const waiting = Promise.all([
          codeOf(cache.get('a/1', CONSISTENT)),
          codeOf(cache.range(undefined, CONSISTENT)),
          codeOf(allOf(cache, CONSISTENT)),
        ]);
        await clock.sleep(20);
        if (how === 'close') await cache.close();
        else if (how === 'signal') stop.abort();
        else source.closer.abort();
        const code = how === 'signal' ? 'cancelled' : 'closed';
        expect(await waiting).to.deep.equal([code, code, code]);
        expect(await codeOf(cache.get('a/1', STALE))).to.equal(code);
        expect(cache.status()).to.include({ state: 'closed' });
        await clock.sleep(20);
        expect(cache.status()).to.include({ keys: 0 });
      });
    }
  });

  it('ends a single read by its own signal', async () => {
    await withCache(async ({ put, open, clock, source }) => {
      put(['a/1', '1']);
      const cache = await open();
      source.isStuck = true;
      put(['b/1', '1']);
      const stop = new AbortController();
      const reading = codeOf(cache.get('a/1', { ...CONSISTENT, signal: stop.signal }));
      await clock.sleep(20);
      stop.abort();
      expect(await reading).to.equal('cancelled');
      expect((await cache.get('a/1', STALE)).source).to.equal('memory');
    });
  });

  it('keeps no more memory than its keys and values', async () => {
    await withCache(async ({ put, open }) => {
      put(['a/1', 'one']);
      const cache = await open();
      const { kv } = await cache.get('a/1', STALE);
      expect(kv?.value.buffer.byteLength).to.equal('a/1one'.length);
      expect(cache.status().bytes).to.equal('a/1one'.length + 256);
    });
  });

  // The test of the tests: a member that reports progress before the events up to it.
  it('would show old values if progress came before its events', async () => {
    await withCache(
      async ({ put, open }) => {
        put(['a/1', '1']);
        const cache = await open();
        put(['a/1', '2']);
        const { kv, source } = await cache.get('a/1', CONSISTENT);
        expect([kv?.valueText(), source]).to.deep.equal(['1', 'memory']);
      },
      { defect: 'early-progress' },
    );
  });
});
