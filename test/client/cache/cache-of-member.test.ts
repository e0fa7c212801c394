import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import { poll } from '../../support/poll.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';

const CONSISTENT = { consistency: 'consistent' } as const;
const STALE = { consistency: 'stale' } as const;

describe('a cache of a member', () => {
  let lone: LoneMember;
  let client: Client;
  let attempts: string[] = [];

  beforeEach(async () => {
    lone = await LoneMember.start();
    const onAttempt = ({ method }: { readonly method: string }): void => void attempts.push(method);
    client = new Client({ endpoints: [endpointOf(lone.member)], sessions: false, onAttempt });
    attempts = [];
  });
  afterEach(async () => {
    await client.close();
    await lone.dispose();
  });

  it('answers consistent reads from memory, also after writes of other keys, whose progress is pushed', async () => {
    const value = 'x'.repeat(100_000);
    await client.put('hot/1', value);
    await using cache = client.cache({ prefix: 'hot/', refreshMs: 0 });
    expect(await cache.started).to.include({ state: 'filled', keys: 1 });
    await poll('the watch', async () =>
      (await cache.get('hot/1', CONSISTENT)).source === 'memory' ? true : undefined,
    );
    const beganMs = performance.now();
    for (let at = 0; at < 10; at++) {
      const { header } = await client.put(at % 2 === 0 ? 'other' : 'hot/2', String(at));
      const { kvs, revision, source, ageMs } = await cache.range(undefined, CONSISTENT);
      expect(source).to.equal('memory');
      expect(revision).to.be.at.least(header.revision);
      expect(kvs[1]?.valueText() ?? '').to.equal(at === 0 ? '' : String(at - ((at + 1) % 2)));
      expect(ageMs).to.be.below(10_000);
    }
    // A progress that waited for a timer would take ten minutes.
    expect(performance.now() - beganMs).to.be.below(30_000);
    expect((await cache.get('hot/1', STALE)).kv?.valueText()).to.equal(value);
  });

  it('is filled with pages of one revision, and follows events of all kinds', async () => {
    for (let at = 0; at < 150; at++) await client.put(`p/${at}`, String(at));
    await using cache = client.cache({ prefix: 'p/' });
    expect((await cache.started).keys).to.equal(150);
    await client.delete({ prefix: 'p/1' });
    expect((await cache.count(undefined, CONSISTENT)).count).to.equal(150 - 61);
    expect((await cache.get('p/1', CONSISTENT)).kv).to.equal(undefined);
  });

  it('has an age that the member vouches for', async () => {
    await client.put('a/1', '1');
    await using cache = client.cache({ key: 'a/1', refreshMs: 20 });
    await cache.started;
    const reached = await poll('progress', () => ((cache.status().revision ?? 0) >= 2 ? true : undefined));
    expect(reached).to.equal(true);
    const before = cache.status().revision;
    await client.put('b', '1');
    // Nothing is read, and no event comes: the member reports its progress and its age.
    await poll('progress beyond the write of another key', () => (cache.status().revision > before ? true : undefined));
    const { ageMs } = await cache.get('a/1', STALE);
    expect(ageMs).to.be.below(10_000);
  });

  it('ends its watch and its calls when it is closed', async () => {
    const cache = client.cache({ all: true });
    await cache.started;
    await poll('the watch', () => (attempts.includes('/etcdserverpb.Watch/Watch') ? true : undefined));
    await cache.close();
    attempts = [];
    await client.put('a', '1');
    expect(attempts).to.deep.equal(['/etcdserverpb.KV/Put']);
    const late = client.cache({ all: true });
    await client.close();
    expect((await late.started).state).to.equal('closed');
  });
});
