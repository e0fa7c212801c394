import { expect } from 'chai';
import { Client, compare, RaftKvError, txn } from '../../../src/client/index.js';
import { endpointOf, LoneMember } from '../lone-member.js';

describe('indexes with authentication on', () => {
  let lone: LoneMember;
  const clients: Client[] = [];

  before(async () => {
    lone = await LoneMember.start({ 'bcrypt-cost': '4' });
    const first = connect();
    for (const user of ['root', 'reader', 'half']) await first.auth.userAdd(user, { password: user });
    await first.auth.userGrantRole('root', 'root');
    await first.auth.roleAdd('all');
    await first.auth.roleGrantPermission('all', { access: 'read', keys: { prefix: 'u/' } });
    await first.auth.userGrantRole('reader', 'all');
    await first.auth.roleAdd('part');
    await first.auth.roleGrantPermission('part', { access: 'read', keys: { from: 'u/', to: 'u/m' } });
    await first.auth.roleGrantPermission('part', { access: 'readwrite', keys: 'out' });
    await first.auth.userGrantRole('half', 'part');
    await first.auth.enable();
    const root = connect('root');
    await root.put('u/a', 'x');
    await root.index('i').create({ keys: { prefix: 'u/' }, wholeValue: true });
    await root.index('i').ready();
  });

  after(async () => {
    for (const client of clients) await client.close();
    await lone.dispose();
  });

  function connect(user?: string): Client {
    const client = new Client({
      endpoints: [endpointOf(lone.member)],
      ...(user !== undefined && { user, password: user }),
    });
    clients.push(client);
    return client;
  }

  const outcome = async (work: Promise<unknown>): Promise<unknown> =>
    await work.then(
      () => 'ok',
      (error: unknown) => (error instanceof RaftKvError ? error.code : error),
    );
  const calls = async (client: Client): Promise<readonly unknown[]> => {
    const index = client.index('i');
    return [
      await outcome(index.status()),
      await outcome(index.get('x')),
      await outcome(index.range({ all: true }).next()),
      await outcome(client.txn(txn().when(compare.index('i', '=', 'x')))),
    ];
  };

  it('are queried, and compared with, by users who may read the whole range', async () => {
    expect(await calls(connect('reader'))).to.deep.equal(['ok', 'ok', 'ok', 'ok']);
  });

  it('refuse users who may read a part of the range, whatever the query selects', async () => {
    const denied = 'permission-denied';
    expect(await calls(connect('half'))).to.deep.equal([denied, denied, denied, denied]);
  });

  it('are made and dropped by root alone', async () => {
    const index = connect('reader').index('other');
    expect(await outcome(index.create({ keys: { prefix: 'u/' }, wholeValue: true }))).to.equal('permission-denied');
    expect(await outcome(connect('reader').index('i').drop())).to.equal('permission-denied');
  });
});

describe('indexes at the JSON gateway', () => {
  let lone: LoneMember;

  before(async () => (lone = await LoneMember.start()));
  after(() => lone.dispose());

  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const url = `http://${endpointOf(lone.member)}/v3/${path}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return { status: answer.status, ...JSON.parse(await answer.text()) };
  };
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('answer every call', async () => {
    for (const at of [1, 2]) {
      await post('kv/put', { key: base64(`u/${at}`), value: base64(JSON.stringify({ age: at })) });
    }
    const definition = {
      name: 'age',
      key: base64('u/'),
      range_end: base64('u0'),
      source: { json: '/age' },
      type: 'NUMBER',
    };
    const { index } = await post('index/create', { definition });
    expect(index).to.deep.include({ id: 1 });
    let shown: Record<string, unknown> = {};
    do shown = await post('index/status', { name: 'age' });
    while ((shown['index'] as { readonly state?: string }).state !== 'READY');
    expect(shown).to.deep.include({ status: 200, keys_indexed: '2', keys_in_range: '2', entries: '2' });
    const { indexes } = await post('index/list', {});
    expect(indexes).to.have.length(1);
    const first = await post('index/query', { index: 'age', range: { from: { number_value: 1 } }, limit: 1 });
    expect(first['entries']).to.deep.equal([
      {
        value: { number_value: 1 },
        key: base64('u/1'),
        kv: {
          key: base64('u/1'),
          value: base64('{"age":1}'),
          create_revision: '2',
          mod_revision: '2',
          version: '1',
        },
      },
    ]);
    const page_token = first['next_page_token'];
    const rest = await post('index/query', {
      index: 'age',
      range: { from: { number_value: 1 } },
      page_token,
      read_level: 'STALE',
    });
    expect(rest['entries']).to.have.length(1);
    const { result } = await post('index/querystream', { index: 'age', keys_only: true, order: 'DESCENDING' });
    expect((result as { readonly entries: unknown }).entries).to.deep.equal([
      { value: { number_value: 2 }, key: base64('u/2') },
      { value: { number_value: 1 }, key: base64('u/1') },
    ]);
    expect(await post('index/drop', { name: 'age' })).to.deep.include({ status: 200 });
    expect(await post('index/query', { index: 'age' })).to.deep.include({
      status: 404,
      message: 'raftkv: index age does not exist',
    });
  });
});
