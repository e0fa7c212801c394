import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { startLoneVirtualMember, type LoneVirtualMember } from '../lone-virtual-member.js';

const p = etcdserverpb;
const key = Buffer.from('k');

describe('the service of sessions', () => {
  let lone: LoneVirtualMember;

  beforeEach(async () => {
    lone = await startLoneVirtualMember(0);
  });

  afterEach(async () => {
    await lone.time.wait(lone.member.stop());
  });

  /** The body, or code and text. */
  async function call(path: string, request: Uint8Array): Promise<Uint8Array> {
    const result = await lone.time.wait(lone.member.call(path, request));
    if (result.kind === 'ok') return result.body;
    throw new Error(`${result.status.code} ${result.status.message}`);
  }

  async function open(ttlSeconds = 0): Promise<number> {
    const request = raftkvpb.SessionOpenRequest.encode({ ttlSeconds }).finish();
    return Number(raftkvpb.SessionOpenResponse.decode(await call('/raftkvpb.Session/Open', request)).session);
  }

  async function list(): Promise<raftkvpb.SessionListResponse> {
    return raftkvpb.SessionListResponse.decode(await call('/raftkvpb.Session/List', Buffer.alloc(0)));
  }

  function put(value: string, session: raftkvpb.SessionCall.$Properties): Promise<Uint8Array> {
    const request = p.PutRequest.encode({ key, value: Buffer.from(value), prevKv: true, session }).finish();
    return call('/etcdserverpb.KV/Put', request);
  }

  it('answers a repeated write with its first answer', async () => {
    const session = await open();
    const first = await put('1', { session, sequence: 1, acknowledged: 1 });
    await put('2', { session, sequence: 2, acknowledged: 1 });
    expect(await put('1', { session, sequence: 1, acknowledged: 1 })).to.deep.equal(first);
    const { sessions, total } = await list();
    expect(sessions).to.have.length(1);
    expect([Number(total), Number(sessions[0]?.openSequences), Number(sessions[0]?.session)]).to.deep.equal([
      1,
      2,
      session,
    ]);
  });

  it('takes deletions, transactions, compactions and leases', async () => {
    const session = await open();
    let sequence = 0;
    const next = (): raftkvpb.SessionCall.$Properties => ({ session, sequence: ++sequence, acknowledged: 1 });
    const twice = async (
      path: string,
      encode: (call: raftkvpb.SessionCall.$Properties) => Uint8Array,
    ): Promise<void> => {
      const request = encode(next());
      expect(await call(path, request)).to.deep.equal(await call(path, request));
    };
    await put('1', next());
    await put('2', next());
    await twice('/etcdserverpb.KV/DeleteRange', (own) => p.DeleteRangeRequest.encode({ key, session: own }).finish());
    const success = [{ requestPut: { key } }];
    await twice('/etcdserverpb.KV/Txn', (own) => p.TxnRequest.encode({ success, session: own }).finish());
    await twice('/etcdserverpb.KV/Compact', (own) =>
      p.CompactionRequest.encode({ revision: 2, session: own }).finish(),
    );
    await twice('/etcdserverpb.Lease/LeaseGrant', (own) =>
      p.LeaseGrantRequest.encode({ TTL: 60, session: own }).finish(),
    );
    const grant = p.LeaseGrantRequest.encode({ TTL: 60, ID: 5, session: next() }).finish();
    await call('/etcdserverpb.Lease/LeaseGrant', grant);
    await twice('/etcdserverpb.Lease/LeaseRevoke', (own) =>
      p.LeaseRevokeRequest.encode({ ID: 5, session: own }).finish(),
    );
    expect(lone.member.assembly.store.sessions.repeats).to.equal(5);
  });

  it('refuses malformed calls before the log', async () => {
    const session = await open();
    for (const own of [{ sequence: 1 }, { session }, { session, sequence: 1, acknowledged: 2 }]) {
      const malformed = await put('1', own).catch((error: unknown) => String(error));
      expect(malformed).to.match(/^Error: 3 raftkv: /);
    }
    const refusal = await open(9).catch((error: unknown) => String(error));
    expect(refusal).to.contain('10 to 86400 seconds');
  });

  it('expires sessions that are not used, and only those', async () => {
    const [used, alive, unused] = [await open(60), await open(60), await open(60)];
    const keepAlive = raftkvpb.SessionKeepAliveRequest.encode({ session: alive }).finish();
    for (let second = 0; second < 64; second += 8) {
      await put('v', { session: used, sequence: 1, acknowledged: 1 });
      await call('/raftkvpb.Session/KeepAlive', keepAlive);
      await lone.time.advance(8_000);
    }
    const { sessions } = await list();
    expect(sessions.map(({ session }) => Number(session))).to.have.members([used, alive]);
    const refusal = await put('v', { session: unused, sequence: 1, acknowledged: 1 }).catch(String);
    expect(refusal).to.contain('the session does not exist');
  });

  it('ends a session on request', async () => {
    const session = await open();
    await call('/raftkvpb.Session/Close', raftkvpb.SessionCloseRequest.encode({ session }).finish());
    expect((await list()).sessions).to.deep.equal([]);
  });
});
