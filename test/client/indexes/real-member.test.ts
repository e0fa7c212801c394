import { expect } from 'chai';
import { Client, compare, op, txn } from '../../../src/client/index.js';
import type { IndexEntry } from '../../../src/client/index.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';
import { clientErrorOf } from '../../support/rejections.js';
import { runCommandWith } from '../../cli/run-command.js';

describe('client.index at a real member', function () {
  this.timeout(60_000);
  let lone: LoneMember;
  let client: Client;
  beforeEach(async () => {
    lone = await LoneMember.start();
    client = new Client({ endpoints: [endpointOf(lone.member)] });
  });
  afterEach(async () => {
    await client.close();
    await lone.dispose();
  });

  const user = async (id: number, fields: object) => await client.put(`users/${id}`, JSON.stringify(fields));
  const keysIn = async (entries: AsyncIterable<IndexEntry>): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of entries) keys.push(key.toString());
    return keys;
  };

  it('finds keys that were written before and after its creation, in the order of their values', async () => {
    await user(1, { age: 30 });
    await user(2, { age: -1.5 });
    const index = client.index('by-age', { type: 'number' });
    await index.create({ keys: { prefix: 'users/' }, json: '/age' });
    expect((await index.ready()).index.state).to.equal('ready');
    await user(3, { age: 18 });
    await user(4, { age: 'unknown' });
    await user(1, { age: 70 });
    expect(await keysIn(index.range({ all: true }))).to.deep.equal(['users/2', 'users/3', 'users/1']);
    expect(await keysIn(index.range({ from: 18, to: 70 }))).to.deep.equal(['users/3']);
    expect(await keysIn(index.range({ from: 18, to: 70, excludeFrom: true, includeTo: true }))).to.deep.equal([
      'users/1',
    ]);
    expect(await keysIn(index.range({ all: true }, { order: 'descend', limit: 2 }))).to.deep.equal([
      'users/1',
      'users/3',
    ]);
    const { keysIndexed, keysInRange, entries, keysLeftOut } = await index.status();
    expect([keysIndexed, keysInRange, entries, keysLeftOut]).to.deep.equal([4, 4, 3, 1]);
    await client.delete('users/3');
    expect((await index.get(18, { consistency: 'consistent' })).entries).to.deep.equal([]);
  });

  it('reads all pages as of one revision while keys change, until that is compacted', async () => {
    const index = client.index('by-group', { type: 'string' });
    await index.create({ keys: { prefix: 'users/' }, json: '/group' });
    for (let id = 1; id <= 5; id += 1) await user(id, { group: `g${id}` });
    await index.ready();
    const first = await index.page({ prefix: 'g' }, { limit: 2 });
    await user(3, { group: 'moved' });
    await client.delete('users/4');
    const after = first.nextPage ?? Buffer.alloc(0);
    const second = await index.page({ prefix: 'g' }, { limit: 2, after, consistency: 'stale' });
    expect(second.entries.map(({ value }) => value)).to.deep.equal(['g3', 'g4']);
    expect(second.revision).to.equal(first.revision);
    const { header } = await user(6, { group: 'g6' });
    await client.compact(header.revision);
    expect((await clientErrorOf(index.page({ prefix: 'g' }, { limit: 2, after }))).code).to.equal('compacted');
  });

  it('refuses a second key with the value of a unique index, and compares entries in transactions', async () => {
    const index = client.index('by-email', { type: 'string' });
    await index.create({ keys: { prefix: 'users/' }, json: '/email', unique: true });
    await index.ready();
    await user(1, { email: 'ann' });
    const error = await clientErrorOf(user(2, { email: 'ann' }));
    expect([error.code, error.fate]).to.deep.equal(['already-exists', 'not-applied']);
    expect(error.message).to.contain('index by-email').and.to.contain('"ann"');
    const whenFree = txn()
      .when(compare.index('by-email', '!=', 'bob'))
      .do(op.put('users/2', '{"email":"bob"}'));
    expect((await client.txn(whenFree)).succeeded).to.equal(true);
    expect((await client.txn(whenFree)).succeeded).to.equal(false);
    const held = txn()
      .when(compare.index('by-email', '=', 'bob', 'users/1'))
      .do(op.get('users/1'));
    expect((await client.txn(held)).succeeded).to.equal(false);
  });

  it('says why an index cannot be made, queried or found', async () => {
    const index = client.index('by-email');
    expect((await clientErrorOf(index.get('x'))).code).to.equal('not-found');
    await user(1, { email: 'ann' });
    await user(2, { email: 'ann' });
    const definition = { keys: { prefix: 'users/' }, json: '/email', unique: true };
    await index.create(definition);
    const error = await clientErrorOf(index.ready());
    expect(error.code).to.equal('failed-precondition');
    expect(error.message).to.match(
      /^index by-email has failed: its values are not unique: "users\/[12]" and "users\/[12]" have the value "ann"$/,
    );
    expect((await clientErrorOf(index.create({ ...definition, unique: false }))).code).to.equal('already-exists');
    await index.drop();
    expect((await clientErrorOf(index.drop())).code).to.equal('not-found');
    const pointer = await clientErrorOf(index.create({ ...definition, json: 'no slash' }));
    expect(pointer.code).to.equal('invalid-argument');
    const many = Array.from({ length: 9 }, (_, at) => client.index(`many-${at}`));
    for (const each of many.slice(0, 8)) await each.create({ keys: { all: true }, wholeValue: true });
    const refused = await clientErrorOf(many[8]?.create({ keys: 'one', wholeValue: true }) ?? Promise.resolve());
    expect([refused.code, refused.fate, refused.retryable]).to.deep.equal(['out-of-range', 'not-applied', false]);
  });

  it('offers the names of indexes on the command line', async () => {
    await client.index('by-email').create({ keys: { all: true }, json: '/email' });
    const args = ['completion', 'candidates', 'fish', '--', 'index', 'query', 'by'];
    const { stdout } = await runCommandWith({ RAFTKV_ENDPOINTS: endpointOf(lone.member) }, args);
    expect(stdout).to.match(/^by-email\b/);
  });
});
