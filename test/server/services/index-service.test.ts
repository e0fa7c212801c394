import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { Exposition } from '../../../src/metrics/exposition.js';
import { indexMetrics } from '../../../src/server/monitoring/index-metrics.js';
import { samples } from '../../support/samples.js';
import { startLoneVirtualMember, warningsOf, type LoneVirtualMember } from '../lone-virtual-member.js';

const { IndexCreateRequest, IndexStatusRequest, IndexStatusResponse, IndexQueryRequest, IndexQueryResponse } = raftkvpb;
const { State } = raftkvpb.IndexInfo;
const bytes = (text: string): Buffer => Buffer.from(text);

const BY_EMAIL = {
  name: 'by-email',
  key: bytes('u/'),
  rangeEnd: bytes('u0'),
  source: { json: '/email' },
  unique: true,
};

describe('the Index service', () => {
  let lone: LoneVirtualMember;

  beforeEach(async () => {
    lone = await startLoneVirtualMember(0);
  });

  afterEach(() => expect(warningsOf(lone)).to.deep.equal([]));

  const call = async (path: string, request: Uint8Array): Promise<Uint8Array | string> => {
    const result = await lone.time.wait(lone.member.call(path, request));
    if (result.kind === 'ok') return result.body;
    const { code, message } = result.status;
    const [name] = Object.entries(Code).find(([, number]) => number === code) ?? [];
    return `${name}: ${message}`;
  };
  const put = (key: string, email: string): Promise<Uint8Array | string> =>
    call(
      '/etcdserverpb.KV/Put',
      etcdserverpb.PutRequest.encode({ key: bytes(key), value: bytes(JSON.stringify({ email })) }).finish(),
    );
  const create = (definition: raftkvpb.IndexDefinition.$Properties): Promise<Uint8Array | string> =>
    call('/raftkvpb.Index/Create', IndexCreateRequest.encode({ definition }).finish());
  const status = async (name: string): Promise<raftkvpb.IndexStatusResponse> => {
    const body = await call('/raftkvpb.Index/Status', IndexStatusRequest.encode({ name }).finish());
    if (typeof body === 'string') throw new Error(body);
    return IndexStatusResponse.decode(body);
  };
  const built = async (name: string): Promise<raftkvpb.IndexStatusResponse> => {
    for (let tries = 0; tries < 100; tries++) {
      const found = await status(name);
      if (found.index?.state !== State.BUILDING) return found;
      await lone.time.advance(50);
    }
    throw new Error('the index is not built');
  };
  const query = async (
    request: raftkvpb.IndexQueryRequest.$Properties,
  ): Promise<raftkvpb.IndexQueryResponse | string> => {
    const body = await call('/raftkvpb.Index/Query', IndexQueryRequest.encode(request).finish());
    return typeof body === 'string' ? body : IndexQueryResponse.decode(body);
  };

  it('builds an index over the keys that exist, in the background, and answers queries page by page', async () => {
    for (let at = 0; at < 1200; at++) await put(`u/${at}`, `${String(at).padStart(5, '0')}@x`);
    expect(await put('u/none', '')).to.be.instanceOf(Uint8Array);
    expect(await create(BY_EMAIL)).to.be.instanceOf(Uint8Array);
    const found = await built('by-email');
    expect(found.index?.state).to.equal(State.READY);
    expect(Number(found.keysIndexed)).to.equal(1201);
    expect(Number(found.keysInRange)).to.equal(1201);
    expect(Number(found.entries)).to.equal(1201);
    const emails: string[] = [];
    let revision: number | undefined;
    let pageToken: Uint8Array = new Uint8Array(0);
    do {
      const page = await query({ index: 'by-email', prefix: { stringValue: '000' }, limit: 30, pageToken });
      if (typeof page === 'string') throw new Error(page);
      emails.push(...page.entries.map(({ value }) => value?.stringValue ?? ''));
      revision ??= Number(page.revision);
      expect(Number(page.revision)).to.equal(revision);
      pageToken = page.nextPageToken;
      // Not part of this listing.
      await put('u/new', `000${emails.length}.5@x`);
    } while (pageToken.length > 0);
    expect(emails).to.deep.equal(Array.from({ length: 100 }, (_, at) => `${String(at).padStart(5, '0')}@x`));
  }).timeout(60_000);

  it('refuses a second key with a value of a unique index, with its name and the value', async () => {
    await create(BY_EMAIL);
    await built('by-email');
    await put('u/1', 'a@x');
    expect(await put('u/2', 'a@x')).to.equal('ALREADY_EXISTS: raftkv: index by-email: another key has the value "a@x"');
    const swap = etcdserverpb.TxnRequest.encode({
      success: [
        { requestDeleteRange: { key: bytes('u/1') } },
        { requestPut: { key: bytes('u/2'), value: bytes('{"email":"a@x"}') } },
      ],
    }).finish();
    expect(await call('/etcdserverpb.KV/Txn', swap)).to.be.instanceOf(Uint8Array);
  });

  it('ends a unique index over values that are not, and shows examples', async () => {
    await put('u/1', 'a@x');
    await put('u/2', 'a@x');
    await create(BY_EMAIL);
    const found = await built('by-email');
    expect(found.index?.state).to.equal(State.FAILED);
    expect(
      found.duplicates.map(({ value, key, otherKey }) => [value?.stringValue, String(key), String(otherKey)]),
    ).to.deep.equal([['a@x', 'u/2', 'u/1']]);
    expect(await query({ index: 'by-email' })).to.match(/^FAILED_PRECONDITION: raftkv: index by-email has failed/);
    expect(await put('u/3', 'a@x')).to.be.instanceOf(Uint8Array);
  });

  it('shows indexes, and how far they are built, as metrics', async () => {
    for (let at = 0; at < 600; at++) await put(`u/${at}`, `${at}@x`);
    await put('u/none', '');
    await call(
      '/etcdserverpb.KV/Put',
      etcdserverpb.PutRequest.encode({ key: bytes('u/other'), value: bytes('{}') }).finish(),
    );
    const metrics = async (): Promise<Record<string, number>> => {
      const out = new Exposition();
      await lone.time.wait(indexMetrics(out, lone.member.assembly.store));
      return Object.fromEntries(samples(out.text()));
    };
    const none = {
      'raftkv_indexes{state="building"}': 0,
      'raftkv_indexes{state="ready"}': 0,
      'raftkv_indexes{state="failed"}': 0,
    };
    expect(await metrics()).to.deep.equal({ ...none, raftkv_index_queries_total: 0 });
    await create(BY_EMAIL);
    await lone.time.until('a part is built', () => {
      return (lone.member.assembly.store.indexes().byName.get('by-email')?.counts.keys ?? 0) > 0;
    });
    expect(await metrics()).to.deep.equal({
      ...none,
      'raftkv_indexes{state="building"}': 1,
      'raftkv_index_entries{index="by-email"}': 512,
      'raftkv_index_keys{index="by-email"}': 512,
      'raftkv_index_keys_left_out{index="by-email"}': 0,
      'raftkv_index_keys_to_cover{index="by-email"}': 602,
      raftkv_index_queries_total: 0,
    });
    await built('by-email');
    await query({ index: 'by-email', limit: 1 });
    await query({ index: 'by-email', limit: 1 });
    expect(await metrics()).to.deep.equal({
      ...none,
      'raftkv_indexes{state="ready"}': 1,
      'raftkv_index_entries{index="by-email"}': 601,
      'raftkv_index_keys{index="by-email"}': 602,
      'raftkv_index_keys_left_out{index="by-email"}': 1,
      raftkv_index_queries_total: 2,
    });
  });

  it('names what is wrong with a request', async () => {
    expect(await create({ ...BY_EMAIL, name: '' })).to.match(/^INVALID_ARGUMENT: raftkv: index: a name/);
    expect(await query({ index: 'by-email' })).to.equal('NOT_FOUND: raftkv: index by-email does not exist');
    await create(BY_EMAIL);
    expect(await create(BY_EMAIL)).to.be.instanceOf(Uint8Array);
    expect(await create({ ...BY_EMAIL, unique: false })).to.equal('ALREADY_EXISTS: raftkv: index by-email exists');
    await built('by-email');
    expect(await query({ index: 'by-email', equal: { numberValue: 1 } })).to.match(/^INVALID_ARGUMENT/);
    expect(await query({ index: 'by-email', pageToken: bytes('x'.repeat(30)) })).to.match(/^INVALID_ARGUMENT/);
    for (let at = 1; at < 8; at++) await create({ ...BY_EMAIL, name: `i${at}` });
    expect(await create({ ...BY_EMAIL, name: 'i8' })).to.match(/^RESOURCE_EXHAUSTED: raftkv: too many indexes: 8/);
  });
});
