import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, RaftKvError } from '../../../src/client/index.js';
import type { Cache, CacheOptions } from '../../../src/client/index.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';
import { poll } from '../../support/poll.js';
import { clientErrorOf } from '../../support/rejections.js';

const CONSISTENT = { consistency: 'consistent' } as const;
const STALE = { consistency: 'stale' } as const;
const TOKEN_SECONDS = 1;

describe('a cache of a user', () => {
  let lone: LoneMember;
  const open: { close(): Promise<void> }[] = [];
  let root: Client;
  let refusals: string[];

  function connect(user: string, onError: (error: Error) => void = () => undefined): Client {
    const client = new Client({
      endpoints: [endpointOf(lone.member)],
      user,
      password: user,
      sessions: false,
      onAttempt: ({ error }) => {
        if (error !== undefined) onError(error);
      },
    });
    open.push(client);
    return client;
  }

  before(async () => {
    lone = await LoneMember.start({ 'bcrypt-cost': '4', 'auth-token-ttl': String(TOKEN_SECONDS) });
    await using plain = new Client({ endpoints: [endpointOf(lone.member)], sessions: false });
    await plain.auth.userAdd('root', { password: 'root' });
    await plain.auth.userGrantRole('root', 'root');
    await plain.auth.userAdd('ann', { password: 'ann' });
    await plain.auth.roleAdd('reader');
    await plain.auth.userGrantRole('ann', 'reader');
    for (const key of ['p/1', 'p/2', 'q/1']) await plain.put(key, key);
    await plain.auth.enable();
  });
  after(() => lone.dispose());

  beforeEach(async () => {
    root = connect('root');
    refusals = [];
    await grant();
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function grant(): Promise<void> {
    await root.auth.roleGrantPermission('reader', { access: 'read', keys: { prefix: 'p/' } });
  }

  async function revoke(): Promise<void> {
    await root.auth.roleRevokePermission('reader', { prefix: 'p/' });
  }

  async function filled(options: CacheOptions = { prefix: 'p/' }): Promise<Cache> {
    const client = connect('ann', (error) => void (error instanceof RaftKvError && refusals.push(error.code)));
    const cache = client.cache(options);
    open.push(cache);
    await cache.started;
    await poll('a read from memory', async () =>
      (await cache.get('p/1', CONSISTENT)).source === 'memory' ? true : undefined,
    );
    return cache;
  }

  it('forgets its keys when the permission is revoked, and is filled again when it is back', async () => {
    const cache = await filled();
    await revoke();
    await poll('the end of the watch', () => (cache.status().state === 'filled' ? undefined : true));
    expect(cache.status()).to.include({ keys: 0, revision: 0 });
    for (const options of [CONSISTENT, STALE]) {
      expect((await clientErrorOf(cache.get('p/1', options))).code).to.equal('permission-denied');
    }
    await poll('the reason', () => (cache.status().error?.code === 'permission-denied' ? true : undefined));
    await grant();
    await root.put('p/3', 'later');
    await poll('the keys', () => (cache.status().state === 'filled' ? true : undefined));
    expect((await cache.get('p/3', CONSISTENT)).kv?.valueText()).to.equal('later');
  });

  it('answers no consistent read once a permission is revoked, not even before its watch has ended', async () => {
    const cache = await filled();
    await revoke();
    const read = await cache.get('p/1', CONSISTENT).then(
      ({ source }) => source,
      ({ code }: RaftKvError) => code,
    );
    expect(read).to.equal('permission-denied');
  });

  it('is not filled for a user who may read only a part of its range', async () => {
    const client = connect('ann');
    const cache = client.cache({ all: true });
    open.push(cache);
    const { state, error, keys } = await cache.started;
    expect([state, error?.code, keys]).to.deep.equal(['waiting', 'permission-denied', 0]);
    expect((await cache.get('p/1', STALE)).source, 'a key that may be read').to.equal('cluster');
    expect((await clientErrorOf(cache.get('q/1', STALE))).code).to.equal('permission-denied');
  });

  it('goes on with another token when its own has expired', async () => {
    const cache = await filled({ prefix: 'p/', refreshMs: 0 });
    // Nothing uses the token meanwhile.
    await delay(1_000 * TOKEN_SECONDS + 500);
    await root.put('p/1', 'after');
    refusals = [];
    const { kv, source } = await cache.get('p/1', CONSISTENT);
    expect([kv?.valueText(), source]).to.deep.equal(['after', 'memory']);
    expect(refusals).to.deep.equal(['unauthenticated']);
  });
});
