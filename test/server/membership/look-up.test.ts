import { expect } from 'chai';
import type { Account } from '../../../src/server/membership/account.js';
import { lookUpMembers } from '../../../src/server/membership/look-up.js';

const account = (members: Readonly<Record<number, string>>, rest: Partial<Account> = {}): Account => ({
  clusterId: 1,
  members: Object.entries(members).map(([id, url]) => ({
    id: Number(id),
    name: `n${id}`,
    peerUrls: [url],
    clientUrls: [],
    isLearner: false,
  })),
  firstMembers: [],
  removed: [],
  heard: [],
  ...rest,
});

const lookUp = (accounts: Readonly<Record<string, Account>>, urls = Object.keys(accounts)) =>
  lookUpMembers({
    clusterId: 1,
    urls: () => urls,
    ask: (url) => {
      const found = accounts[url];
      return found === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(found);
    },
  })();

describe('lookUpMembers', () => {
  it('merges the answers of the members', async () => {
    const found = await lookUp({ a: account({ 1: 'a', 2: 'b' }), b: account({ 2: 'b2', 3: 'c' }) }, ['a', 'b', 'dead']);
    expect(found).to.deep.equal([
      { id: 1, urls: ['a'] },
      { id: 2, urls: ['b', 'b2'] },
      { id: 3, urls: ['c'] },
    ]);
  });

  it('leaves out members that any of them has removed', async () => {
    const found = await lookUp({ a: account({ 1: 'a', 2: 'b' }), c: account({ 1: 'a' }, { removed: [2] }) });
    expect(found).to.deep.equal([{ id: 1, urls: ['a'] }]);
  });

  it('ignores members of other clusters, and fails if no other answers', async () => {
    const other = account({ 9: 'x' }, { clusterId: 2 });
    expect(await lookUp({ x: other, a: account({ 1: 'a' }) })).to.deep.equal([{ id: 1, urls: ['a'] }]);
    let error: unknown;
    await lookUp({ x: other }).catch((reason: unknown) => (error = reason));
    expect(String(error)).to.contain('no known member answers');
  });
});
