import { expect } from 'chai';
import type { TokenEvent } from '../../../src/kv/store.js';
import { SimpleTokens, TOKENS_MAX, type NewToken } from '../../../src/server/auth/simple-tokens.js';
import { expectShortWork } from '../../support/time-limits.js';
import { VirtualTime } from '../../support/virtual-time.js';

const TTL_MS = 1000;

describe('SimpleTokens', () => {
  let time: VirtualTime;
  let tokens: SimpleTokens;
  let revision: number;
  let seed: number;
  let limits: string[];

  beforeEach(() => {
    time = new VirtualTime();
    revision = 7;
    limits = [];
    seed = 1;
    const random = { next: (): number => (seed = (seed * 16807) % 2147483647) / 2147483647 };
    tokens = new SimpleTokens({
      clock: time.clock(),
      random,
      ttlMs: TTL_MS,
      revision: () => revision,
      onLimit: (limit) => limits.push(limit),
    });
  });

  function assigned(user: string, made: NewToken, index = 40): TokenEvent {
    return { kind: 'assigned', user, digest: made.digest, index };
  }

  it('have etcd’s form, and a digest that does not tell them', () => {
    const made = tokens.make();
    expect(tokens.textOf(made, 40)).to.match(/^[A-Za-z]{16}\.40$/);
    expect(made.digest).to.have.length(32);
    expect(Buffer.from(made.digest).toString('latin1')).not.to.include(made.secret);
    expect(tokens.make().secret).not.to.equal(made.secret);
  });

  it('are valid once they are assigned, with the index of the entry that assigned them', () => {
    const made = tokens.make();
    const text = tokens.textOf(made, 40);
    expect(tokens.find(text)).to.equal(undefined);
    tokens.applied([assigned('ann', made)]);
    expect(tokens.find(text)).to.include({ kind: 'user', name: 'ann', authRevision: 7 });
    revision = 8;
    expect(tokens.find(text)?.authRevision).to.equal(8);
    expect(tokens.find(text)).to.equal(tokens.find(text));
    for (const other of [
      `${made.secret}.41`,
      `${made.secret}.`,
      `${made.secret}.040`,
      made.secret,
      '',
      '.',
      `${text} `,
    ]) {
      expect(tokens.find(other), JSON.stringify(other)).to.equal(undefined);
    }
  });

  it('are void after some time without use', async () => {
    const made = tokens.make();
    const text = tokens.textOf(made, 40);
    tokens.applied([assigned('ann', made)]);
    for (let at = 0; at < 5; at++) {
      await time.advance(TTL_MS - 1);
      expect(tokens.find(text)?.name).to.equal('ann');
    }
    await time.advance(TTL_MS);
    expect(tokens.find(text)).to.equal(undefined);
    await time.advance(TTL_MS);
    expect(tokens.size).to.equal(0);
  });

  it('are void when their user is deleted or gets another password, or authentication is disabled', () => {
    const made = ['ann', 'bob', 'eve'].map((user) => ({ user, token: tokens.make() }));
    tokens.applied(made.map(({ user, token }) => assigned(user, token)));
    const users = (): (string | undefined)[] => made.map(({ token }) => tokens.find(tokens.textOf(token, 40))?.name);
    expect(users()).to.deep.equal(['ann', 'bob', 'eve']);
    tokens.applied([{ kind: 'user-revoked', user: 'bob' }]);
    expect(users()).to.deep.equal(['ann', undefined, 'eve']);
    tokens.applied([{ kind: 'all-revoked' }]);
    expect(users()).to.deep.equal([undefined, undefined, undefined]);
  });

  // Each token above the bound looked at all 100,000 for the oldest one: a log with many of them held the event loop for a
  // millisecond each.
  it('are bounded, and make room by those that were not used for long, a few steps each', async () => {
    const used = tokens.make();
    tokens.applied([assigned('ann', used)]);
    const digestOf = (at: number): Uint8Array => Buffer.from(`digest ${at}`);
    const flood = (from: number, count: number): void =>
      tokens.applied(
        Array.from({ length: count }, (_, at) => ({
          kind: 'assigned' as const,
          user: 'bob',
          digest: digestOf(from + at),
          index: 1,
        })),
      );
    flood(0, TOKENS_MAX - 1);
    await time.advance(1);
    expect(tokens.find(tokens.textOf(used, 40))?.name).to.equal('ann');
    expect([tokens.size, limits.length]).to.deep.equal([TOKENS_MAX, 0]);
    await expectShortWork(500, () => flood(TOKENS_MAX, 20_000));
    expect([tokens.size, limits.length % 20_000, limits[0]]).to.deep.equal([TOKENS_MAX, 0, 'tokens']);
    expect(tokens.find(tokens.textOf(used, 40))?.name).to.equal('ann');
  });

  it('leave no timer behind a stop', async () => {
    tokens.applied([assigned('ann', tokens.make())]);
    tokens.stop();
    await time.advance(10 * TTL_MS);
    expect(tokens.size).to.equal(1);
  });
});
