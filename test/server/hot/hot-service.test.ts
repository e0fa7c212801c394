import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { clampInteger } from '../../../src/util/integer.js';
import { samples } from '../../support/samples.js';
import { endpointOf, LoneMember } from '../lone-member.js';

const { PutRequest, RangeRequest, DeleteRangeRequest, TxnRequest, StatusResponse } = etcdserverpb;
const { HotRequest, HotResponse } = raftkvpb;

const bytes = (text: string): Buffer => Buffer.from(text);
const SECRET = 'secret-name';

describe('the Hot service', () => {
  let lone: LoneMember;

  const call = async (path: string, body: Uint8Array): Promise<Uint8Array> => {
    const answer = await lone.raw(path, body);
    expect(answer.code, answer.details).to.equal(Code.OK);
    return answer.body;
  };
  const top = async (limit: number): Promise<raftkvpb.HotResponse> =>
    HotResponse.decode(await call('/raftkvpb.Hot/Top', HotRequest.encode({ limit }).finish()));
  const names = (keys: raftkvpb.HotKeys.$Properties | null | undefined): string[] =>
    (keys?.keys ?? []).map(({ key, rangeEnd }) => `${String(key)}..${String(rangeEnd)}`);

  before(async () => {
    lone = await LoneMember.start();
    const put = (key: string) => call('/etcdserverpb.KV/Put', PutRequest.encode({ key: bytes(key) }).finish());
    const range = (key: string, rangeEnd = '') =>
      call('/etcdserverpb.KV/Range', RangeRequest.encode({ key: bytes(key), rangeEnd: bytes(rangeEnd) }).finish());
    const remove = { key: bytes('d'), rangeEnd: bytes('e') };
    const reading = { success: [{ requestRange: { key: bytes('t') } }] };
    const writing = { success: [{ requestPut: { key: bytes('w') } }] };
    // In turns, so that all decay alike however slow the machine is.
    for (let round = 0; round < 16; round++) {
      await put(SECRET);
      if (round % 2 === 0) await range('r');
      if (round % 4 === 0) {
        await range('r', 's');
        await call('/etcdserverpb.KV/DeleteRange', DeleteRangeRequest.encode(remove).finish());
      }
      if (round % 8 === 0) await call('/etcdserverpb.KV/Txn', TxnRequest.encode(reading).finish());
      if (round === 8) await call('/etcdserverpb.KV/Txn', TxnRequest.encode(writing).finish());
    }
    // Refused, so not counted.
    const refused = await lone.raw('/etcdserverpb.KV/Put', PutRequest.encode({ key: bytes('x'), lease: 77 }).finish());
    expect(refused.code).to.equal(Code.NOT_FOUND);
  });

  after(() => lone.dispose());

  it('returns the keys and ranges that were read and written most, with their rates', async () => {
    const { reads, writes, capacity, header } = await top(0);
    expect(names(writes)).to.deep.equal([`${SECRET}..`, 'd..e', 'w..']);
    expect(names(reads)).to.deep.equal(['r..', 'r..s', 't..']);
    expect(clampInteger(capacity)).to.equal(256);
    expect(clampInteger(header?.memberId)).to.equal(lone.wireIds.member);
    expect(clampInteger(writes?.totalMilli)).to.be.greaterThan(clampInteger(writes?.keys?.[0]?.rateMilli));
  });

  it('returns as many keys as asked, and takes a negative number for none', async () => {
    const lengths = [];
    for (const limit of [1, 2, 1_000_000, -5]) lengths.push((await top(limit)).writes?.keys?.length);
    expect(lengths).to.deep.equal([1, 2, 3, 3]);
  });

  it('is part of the JSON gateway and of reflection', async () => {
    const url = `http://${endpointOf(lone.member)}/v3/hot/top`;
    const answer = await fetch(url, { method: 'POST', body: '{"limit":"1"}' });
    const body = (await answer.json()) as { writes: { keys: { key: string; key_bytes: string }[] } };
    expect(body.writes.keys[0]).to.include({ key: bytes(SECRET).toString('base64'), key_bytes: String(SECRET.length) });
  });

  it('has the first of each kind in Status', async () => {
    const { hotRead, hotWrite } = StatusResponse.decode(
      await call('/etcdserverpb.Maintenance/Status', Buffer.alloc(0)),
    );
    expect([String(hotRead?.key), String(hotWrite?.key)]).to.deep.equal(['r', SECRET]);
  });

  it('has metrics without the names of keys', async () => {
    const text = await (await fetch(`http://${endpointOf(lone.member)}/metrics`)).text();
    expect(text).not.to.include(SECRET);
    const found = samples(text);
    expect(found.get('raftkv_hot_key_ratio{op="write"}')).to.be.closeTo(16 / 21, 0.1);
    expect(found.get('raftkv_key_operations_per_second{op="read"}')).to.be.greaterThan(0);
    expect(found.get('raftkv_hot_key_operations_per_second{op="read"}')).to.be.greaterThan(0);
  });

  it('counts nothing with --hot-keys=0', async () => {
    const off = await LoneMember.start({ 'hot-keys': '0' });
    try {
      await off.client.put('k', 'v');
      const answer = await off.raw('/raftkvpb.Hot/Top', Buffer.alloc(0));
      const { reads, writes, capacity } = HotResponse.decode(answer.body);
      expect([reads ?? undefined, writes ?? undefined, clampInteger(capacity)]).to.deep.equal([
        undefined,
        undefined,
        0,
      ]);
      const status = StatusResponse.decode((await off.raw('/etcdserverpb.Maintenance/Status', Buffer.alloc(0))).body);
      expect(status.hotWrite ?? undefined).to.equal(undefined);
      const text = await (await fetch(`http://${endpointOf(off.member)}/metrics`)).text();
      expect(text).not.to.include('hot_key');
    } finally {
      await off.dispose();
    }
  });
});
