import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { raftkvpb } from '../../src/gen/proto.js';
import { FakeIndexes } from '../support/fake-indexes.js';
import { runCommand } from './run-command.js';

const { READY, BUILDING, FAILED } = raftkvpb.IndexInfo.State;
const { NUMBER, BYTES, BOOLEAN } = raftkvpb.IndexDefinition.Type;
const HEADER = '"header":{"cluster_id":1,"member_id":2,"revision":7,"raft_term":3}';

describe('raftkv index', () => {
  let fake: FakeIndexes;
  beforeEach(async () => {
    fake = await FakeIndexes.start();
  });
  afterEach(() => fake.stop());

  const raftkv = async (...args: readonly string[]) => await runCommand(['--endpoints', fake.endpoint, ...args]);
  const outputOf = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await raftkv('index', ...args);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  };
  const errorOf = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await raftkv('index', ...args);
    expect([code, stdout]).to.deep.equal([1, '']);
    return stderr;
  };
  const define = (
    name: string,
    type: raftkvpb.IndexDefinition.Type,
    values: readonly raftkvpb.IndexValue.$Properties[],
  ) => {
    fake.store.indexes.set(name, { definition: { name, type, source: { wholeValue: true } }, id: 1, state: READY });
    fake.store.entries = values.map((value, at) => {
      const key = Buffer.from(`k/${at}`);
      return { value, key, kv: { key, value: Buffer.from(`v${at}`), createRevision: 2, modRevision: 3, version: 1 } };
    });
  };

  it('create, list and drop print one line for an index', async () => {
    expect(await outputOf('create', 'by-email', '--prefix', 'users/', '--json', '/email', '--unique')).to.equal(
      'index by-email is ready\n',
    );
    fake.store.state = BUILDING;
    expect(
      await outputOf('create', 'ages', '--from-key', 'a', '--range-end', 'c', '--json', '/age', '--type=number'),
    ).to.equal('index ages is building\n');
    await outputOf('create', 'part', '--prefix', 'hosts/', '--segment', '1', '--separator', '.', '--multiple=false');
    await outputOf('create', 'tags', '--json', '', '--multiple', '--type', 'boolean');
    await outputOf('create', 'raw', '--from-key', 'a', '--whole-value', '--type', 'bytes');
    expect(await outputOf('list')).to.equal(
      `by-email, ready, string, json /email, prefix users/, true
ages, building, number, json /age, from a to c, false
part, building, string, segment 1 at . behind hosts/, prefix hosts/, false
tags, building, booleans, json, all, false
raw, building, bytes, value, from a, false
`,
    );
    expect(await outputOf('list', '-w', 'table')).to.match(
      /│ +by-email │ +ready │ +string │ +json \/email │ +prefix users\/ │ +true │/,
    );
    expect(await outputOf('drop', 'raw')).to.equal('index raw dropped\n');
    expect(await outputOf('drop', 'tags', '-w', 'json')).to.equal(`{${HEADER}}\n`);
    expect(await errorOf('drop', 'raw')).to.contain('raftkv: index raw does not exist');
  });

  it('prints the JSON of the gateway', async () => {
    const definition =
      '{"name":"by-email","key":"dXNlcnMv","range_end":"dXNlcnMw","source":{"json":"/email"},"type":"STRING","unique":true}';
    const index = `{"definition":${definition},"id":1,"state":"READY","ready_revision":7}`;
    const create = ['create', 'by-email', '--prefix', 'users/', '--json', '/email', '--unique'];
    expect(await outputOf(...create, '-w', 'json')).to.equal(`{${HEADER},"index":${index}}\n`);
    expect(await outputOf('list', '-w', 'json')).to.equal(`{${HEADER},"indexes":[${index}]}\n`);
    const counts = '"keys_indexed":0,"keys_in_range":0,"entries":0,"keys_left_out":0';
    expect(await outputOf('status', 'by-email', '-w', 'json')).to.equal(`{${HEADER},"index":${index},${counts}}\n`);
  });

  it('create --wait prints the status once the index is ready', async () => {
    fake.store.statuses = [
      { index: { state: BUILDING }, keysIndexed: 1, keysInRange: 3 },
      { index: { state: READY }, keysIndexed: 3, keysInRange: 3, entries: 2, keysLeftOut: 1 },
    ];
    expect(await outputOf('create', 'whole', '--whole-value', '--wait')).to.equal(
      'whole, ready, string, value, all, false\nkeys indexed: 3 of 3\nentries: 2\nkeys left out: 1\n',
    );
    expect(fake.requestsOf('Status').length).to.equal(2);
  });

  it('create --wait fails with an example if the values are not unique, and status prints all', async () => {
    const [key, otherKey] = [Buffer.from('a'), Buffer.from('b')];
    fake.store.statuses = [
      { index: { state: FAILED }, keysInRange: -1, duplicates: [{ value: { stringValue: 'x' }, key, otherKey }] },
    ];
    const message = 'raftkv: index u has failed: its values are not unique: "a" and "b" have the value "x"\n';
    expect(await errorOf('create', 'u', '--whole-value', '--unique', '--wait')).to.equal(message);
    const printed = await outputOf('status', 'u');
    expect(printed).to.contain('u, failed,').and.to.contain('0 of an unknown number\n');
    expect(printed).to.contain('duplicate: a and b have x\n');
    expect(await outputOf('status', 'u', '-w', 'table')).to.match(/│ +u │ failed │ +0 │ +\? │/);
  });

  it('query prints keys and values as get does, from all pages', async () => {
    define('by-name', 0, [{ stringValue: 'ann' }, { stringValue: 'bob' }, { stringValue: 'bob' }]);
    expect(await outputOf('query', 'by-name', 'bob')).to.equal('k/1\nv1\nk/2\nv2\n');
    expect(await outputOf('query', 'by-name', '--keys-only')).to.equal('k/0\nk/1\nk/2\n');
    expect(await outputOf('query', 'by-name', '--order=DESCEND', '--limit=1', '--hex')).to.equal(
      '\\x6b\\x2f\\x32\n\\x76\\x32\n',
    );
    const table = await outputOf('query', 'by-name', '-w', 'table');
    expect(table)
      .to.match(/INDEX VALUE │ KEY │ VALUE/)
      .and.to.match(/│ +ann │ k\/0 │ +v0 │/);
    expect(await outputOf('query', 'by-name', 'bob', '--keys-only', '-w', 'table')).to.match(/INDEX VALUE │ KEY │\n/);
  });

  it('query prints each page as one JSON object', async () => {
    define('by-name', 0, [{ stringValue: 'ann' }, { stringValue: 'bob' }, { stringValue: 'eve' }]);
    const [first, second, ...rest] = (await outputOf('query', 'by-name', '-w', 'json')).trimEnd().split('\n');
    const kv = '{"key":"ay8y","create_revision":2,"mod_revision":3,"version":1,"value":"djI="}';
    expect(second).to.equal(
      `{${HEADER},"entries":[{"value":{"string_value":"eve"},"key":"ay8y","kv":${kv}}],"revision":7}`,
    );
    expect(first).to.contain('"string_value":"bob"').and.to.contain('"revision":7,"more":true}');
    expect(rest).to.deep.equal([]);
    const fields = await outputOf('query', 'by-name', 'ann', '--keys-only', '-w', 'fields');
    expect(fields).to.contain('"IndexValue" : "ann"\n"Key" : "k/0"\n"QueryRevision" : 7\n');
  });

  it('query reads values as the type of the index says', async () => {
    const last = (): raftkvpb.IndexQueryRequest => fake.requestsOf('Query').at(-1) as raftkvpb.IndexQueryRequest;
    define('ages', NUMBER, []);
    await outputOf('query', 'ages', '--from', '-1.5e1', '--to', '65', '--include-to', '--exclude-from');
    expect(last().range).to.deep.include({ excludeFrom: true, includeTo: true });
    expect([last().range?.from?.numberValue, last().range?.to?.numberValue]).to.deep.equal([-15, 65]);
    expect(await errorOf('query', 'ages', '0x10')).to.contain(
      'the values of this index are numbers, and 0x10 is not one',
    );
    define('flags', BOOLEAN, []);
    await outputOf('query', 'flags', 'false');
    expect(last().equal?.booleanValue).to.equal(false);
    expect(await errorOf('query', 'flags', 'yes')).to.contain('true and false, not yes');
    define('raw', BYTES, []);
    await outputOf('query', 'raw', '--prefix-value', '01ff', '--hex-input', '--rev', '5', '--consistency', 'stale');
    expect(last().prefix?.bytesValue).to.deep.equal(Buffer.of(1, 255));
    expect(Number(last().revision)).to.equal(5);
    define('names', 0, []);
    expect(await errorOf('query', 'names', 'ff', '--hex-input')).to.contain('is not UTF-8');
  });

  it('reports every invalid command line in one line', async () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['create', 'x'], 'exactly one of --json, --segment and --whole-value is needed'],
      [
        ['create', 'x', '--json', '/a', '--whole-value'],
        'exactly one of --json, --segment and --whole-value is needed',
      ],
      [['create', 'x', '--json', '/a', '--separator', '/'], '--separator needs --segment'],
      [
        ['create', 'x', '--json', '/a', '--prefix', 'a', '--from-key', 'b'],
        '--prefix and --from-key cannot be combined',
      ],
      [['create', 'x', '--json', '/a', '--range-end', 'b'], '--range-end needs --from-key'],
      [['create', 'x', '--json', '/a', '--type', 'date'], 'Allowed choices are string, number, boolean, bytes.'],
      [['query', 'x', 'a', '--from', 'b'], 'a value, --prefix-value, and --from with --to cannot be combined'],
      [['query', 'x', '--include-to'], '--include-to needs --to'],
      [['query', 'x', '--exclude-from'], '--exclude-from needs --from'],
      [['query', 'x', '--max-staleness', '5s'], '--max-staleness needs --consistency stale'],
      [['query', 'x', 'a'], 'raftkv: index x does not exist'],
      [['drop', 'x', '-w', 'table'], 'this command does not print tables'],
    ];
    for (const [args, message] of cases) {
      const error = await errorOf(...args);
      expect(error, args.join(' '))
        .to.contain(message)
        .and.to.match(/^raftkv: .*\n$/);
    }
  });

  it('reports that an index is still being built', async () => {
    fake.script = (method) =>
      method === 'Query' ? { code: status.FAILED_PRECONDITION, text: 'raftkv: index x is being built' } : undefined;
    expect(await errorOf('query', 'x')).to.contain('raftkv: index x is being built\n');
  });

  it('txn takes conditions on entries, with values of the type of the index', async () => {
    define('ages', NUMBER, []);
    const lines = ['index("ages") != "18"', 'index(ages) = 21', '', '', '', ''];
    const run = async (...input: readonly string[]) =>
      await runCommand(['--endpoints', fake.endpoint, 'txn'], input.map((line) => `${line}\n`).join(''));
    expect((await run(...lines)).stdout).to.equal('FAILURE\n');
    const [request] = fake.requestsOf('Txn') as readonly { indexCompare: raftkvpb.IndexCompare[] }[];
    const shown = request?.indexCompare.map(({ index, value, absent }) => [index, value?.numberValue, absent]);
    expect(shown).to.deep.equal([
      ['ages', 18, true],
      ['ages', 21, false],
    ]);
    expect(fake.requestsOf('Status').length).to.equal(1);
    expect((await run('index("ages") < "18"', '', '', '')).stderr).to.contain('an index takes = or !=');
    expect((await run('index("ages") = "x"', '', '', '')).stderr).to.contain('x is not one');
  });
});
