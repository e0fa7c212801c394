import { expect } from 'chai';
import { etcdserverpb, raftkv } from '../../../src/gen/proto.js';
import type { CommandKind, CommandUser } from '../../../src/kv/commands/command.js';
import type { TokenEvent } from '../../../src/kv/store.js';
import { encode, Fixture, memoryHome } from '../support/fixture.js';
import { auth, ROOT_COMMANDS, userWith, type AuthCommand } from './auth-requests.js';

type Command = readonly [CommandKind, Uint8Array];

const bytes = (text: string): Uint8Array => Buffer.from(text);
const LEASE = 0x77n;

describe('commands with authentication on', () => {
  let fixture: Fixture;
  let tokens: TokenEvent[];

  beforeEach(async () => {
    tokens = [];
    fixture = await Fixture.open(memoryHome(), { onAuth: (event) => tokens.push(...event.tokens) });
    await set(encode.put('k', 'v'), encode.put('other', 'v'));
    const users = [
      ...userWith('ro', 'read', 'k'),
      ...userWith('wo', 'write', 'k'),
      ...userWith('rw', 'both', 'k'),
      ...userWith('prefix', 'both', 'k', 'l'),
      auth.addUser('none'),
    ];
    await set(...users, ...ROOT_COMMANDS);
  });

  afterEach(() => fixture.remove());

  async function set(...commands: readonly Command[]): Promise<void> {
    const results = await fixture.apply(commands);
    expect(results.map((result) => (result.kind === 'ok' ? 'ok' : result.error.kind))).to.deep.equal(
      commands.map(() => 'ok'),
    );
  }

  function userAt(name: string, authRevision = fixture.store.auth().revision): CommandUser {
    return { bytes: bytes(name), authRevision };
  }

  async function as(user: CommandUser | undefined, command: Command): Promise<string> {
    const [result] = await fixture.apply([user === undefined ? command : [...command, user]]);
    return result?.kind === 'error' ? result.error.kind : 'ok';
  }

  async function outcomes(command: Command): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {};
    for (const name of ['none', 'ro', 'wo', 'rw', 'prefix', 'root']) found[name] = await as(userAt(name), command);
    return found;
  }

  const denied = 'permission-denied';

  it('are refused without a user', async () => {
    const root: readonly AuthCommand[] = [
      auth.enable(),
      auth.disable(),
      auth.addUser('x'),
      auth.deleteUser('ro'),
      auth.changePassword('ro', 'x'),
      auth.grantRole('none', 'root'),
      auth.revokeRole('ro', 'ro'),
      auth.addRole('x'),
      auth.deleteRole('ro'),
      auth.grant('ro', 'both', 'a'),
      auth.revoke('ro', 'k'),
    ];
    const commands: readonly Command[] = [
      encode.put('k', 'x'),
      encode.delete('k'),
      encode.txn({ success: [{ requestPut: { key: bytes('k') } }] }),
      encode.compact(1),
      encode.leaseGrant(5n, 60),
      encode.leaseRevoke(5n),
      ['alarm', etcdserverpb.AlarmRequest.encode({}).finish()],
      ...root,
    ];
    for (const command of commands) expect(await as(undefined, command), command[0]).to.equal('user-empty');
    for (const command of root) expect(await as(userAt('rw'), command), command[0]).to.equal(denied);
  });

  it('of members need no user', async () => {
    await set(encode.memberUpdate({ id: 1, name: 'n', clientUrls: [] }));
    await set(['autoCompaction', etcdserverpb.CompactionRequest.encode({ revision: 2 }).finish()]);
    await set(['memberAlarm', etcdserverpb.AlarmRequest.encode({ action: 1, memberID: 1, alarm: 1 }).finish()]);
    expect(fixture.store.alarms()).to.have.length(1);
    expect(await as(undefined, encode.leaseExpire(5n, { grantedIndex: 1, term: 3 }))).to.equal('lease-not-found');
  });

  it('are refused if the user was identified at an older revision', async () => {
    const before = userAt('root');
    await fixture.apply([[...auth.addRole('new'), userAt('root')]]);
    for (const command of [encode.put('k', 'x'), encode.compact(2), encode.leaseGrant(5n, 60), auth.addRole('y')]) {
      expect(await as(before, command), command[0]).to.equal('auth-old-revision');
    }
    expect(await as(userAt('root'), encode.put('k', 'x'))).to.equal('ok');
  });

  it('are refused if a permission went between the proposal and the entry', async () => {
    const user = userAt('rw');
    const root = userAt('root');
    const [revoked, put] = await fixture.apply([
      [...auth.revoke('rw', 'k'), root],
      [...encode.put('k', 'too late'), user],
    ]);
    expect(revoked?.kind).to.equal('ok');
    expect(put?.kind === 'error' && put.error.kind).to.equal('auth-old-revision');
    expect(await as(userAt('rw'), encode.put('k', 'x'))).to.equal(denied);
  });

  it('of a user that was deleted are refused', async () => {
    await fixture.apply([[...auth.deleteUser('rw'), userAt('root')]]);
    expect(await as(userAt('rw'), encode.put('k', 'x'))).to.equal(denied);
    expect(await as(userAt('nobody'), encode.leaseGrant(5n, 60))).to.equal(denied);
    expect(tokens).to.deep.include({ kind: 'user-revoked', user: 'rw' });
  });

  it('put with write permission, and read permission for the previous version', async () => {
    const writes = { none: denied, ro: denied, wo: 'ok', rw: 'ok', prefix: 'ok', root: 'ok' };
    expect(await outcomes(encode.put('k', 'x'))).to.deep.equal(writes);
    expect(await outcomes(encode.put('k', 'x', { prevKv: true }))).to.deep.equal({ ...writes, wo: denied });
    expect(await outcomes(encode.put('other', 'x'))).to.deep.equal({ ...allDenied(), root: 'ok' });
  });

  it('delete with write permission on the whole range', async () => {
    const one = etcdserverpb.DeleteRangeRequest.encode({ key: bytes('k') }).finish();
    const all = etcdserverpb.DeleteRangeRequest.encode({ key: bytes('k'), rangeEnd: bytes('l') }).finish();
    const writes = { none: denied, ro: denied, wo: 'ok', rw: 'ok', prefix: 'ok', root: 'ok' };
    expect(await outcomes(['deleteRange', one])).to.deep.equal(writes);
    expect(await outcomes(encode.delete('k'))).to.deep.equal({ ...writes, wo: denied });
    expect(await outcomes(['deleteRange', all])).to.deep.equal({ ...allDenied(), prefix: 'ok', root: 'ok' });
  });

  // GHSA-rfx7-8w68-q57q: operations of nested transactions were not checked.
  it('CVE-2026-33343: run a transaction if all of its operations are permitted, at every depth and in both branches', async () => {
    const put = { requestPut: { key: bytes('k'), value: bytes('x') } };
    const other = { requestPut: { key: bytes('other'), value: bytes('x') } };
    const onlyRoot = { ...allDenied(), root: 'ok' };
    const nest = (op: object, depth: number): etcdserverpb.TxnRequest.$Properties =>
      depth === 0 ? { success: [op] } : { failure: [{ requestTxn: nest(op, depth - 1) }] };
    for (const depth of [0, 1, 2, 3]) {
      expect(await outcomes(encode.txn({ ...nest(put, depth) })), `depth ${depth}`).to.deep.equal({
        none: denied,
        ro: denied,
        wo: 'ok',
        rw: 'ok',
        prefix: 'ok',
        root: 'ok',
      });
      expect(await outcomes(encode.txn({ ...nest(other, depth) })), `depth ${depth}`).to.deep.equal(onlyRoot);
      const reads = nest({ requestRange: { key: bytes('other') } }, depth);
      expect(await outcomes(encode.txn(reads)), `depth ${depth}`).to.deep.equal(onlyRoot);
      const deletes = nest({ requestDeleteRange: { key: bytes('other') } }, depth);
      expect(await outcomes(encode.txn(deletes)), `depth ${depth}`).to.deep.equal(onlyRoot);
      const compares = nest({ requestTxn: { compare: [{ key: bytes('other') }], success: [put] } }, depth);
      expect(await outcomes(encode.txn(compares)), `depth ${depth}`).to.deep.equal(onlyRoot);
      const previous = nest({ requestPut: { key: bytes('k'), prevKv: true } }, depth);
      expect((await outcomes(encode.txn(previous)))['wo'], `depth ${depth}`).to.equal(denied);
    }
  });

  // GHSA-x35m-3gp4-4fh5, etcd's pull requests 21681 and 21685: `prev_kv` and the lease of puts in transactions were not checked.
  it('CVE-2026-44283: attach a key to a lease, or revoke it, only with write permission on all of its keys', async () => {
    const root = userAt('root');
    const lease = Number(LEASE);
    await fixture.apply([
      [...encode.leaseGrant(LEASE, 600), root],
      [...encode.put('other', 'v', { lease }), root],
    ]);
    const rootOnly = { ...allDenied(), root: 'ok' };
    expect(await outcomes(encode.put('k', 'x', { lease }))).to.deep.equal(rootOnly);
    const put = { requestPut: { key: bytes('k'), lease } };
    expect(await outcomes(encode.txn({ success: [put] }))).to.deep.equal(rootOnly);
    expect(await outcomes(encode.txn({ success: [{ requestTxn: { success: [put] } }] }))).to.deep.equal(rootOnly);
    expect(await as(userAt('prefix'), encode.leaseRevoke(LEASE))).to.equal(denied);
    await fixture.apply([[...encode.put('other', 'v'), root]]);
    for (const key of ['k', 'k1', 'k2']) await fixture.apply([[...encode.put(key, 'v', { lease }), root]]);
    expect(await as(userAt('rw'), encode.leaseRevoke(LEASE))).to.equal(denied);
    expect(await as(userAt('prefix'), encode.put('k3', 'x', { lease }))).to.equal('ok');
    expect(await as(userAt('prefix'), encode.leaseRevoke(LEASE))).to.equal('ok');
    expect(await as(userAt('none'), encode.leaseRevoke(LEASE))).to.equal('lease-not-found');
  });

  it('ask for alarms with any user, and change them with root', async () => {
    const ask: Command = ['alarm', etcdserverpb.AlarmRequest.encode({}).finish()];
    const raise: Command = ['alarm', etcdserverpb.AlarmRequest.encode({ action: 2, memberID: 1, alarm: 1 }).finish()];
    expect(await as(userAt('none'), ask)).to.equal('ok');
    expect(await as(userAt('rw'), raise)).to.equal(denied);
    expect(await as(userAt('root'), raise)).to.equal('ok');
  });

  it('need no user from the entry on that disables authentication', async () => {
    const [disabled, put] = await fixture.apply([[...auth.disable(), userAt('root')], encode.put('k', 'x')]);
    expect(disabled?.kind).to.equal('ok');
    expect(put?.kind).to.equal('ok');
    const [enabled, refused] = await fixture.apply([auth.enable(), encode.put('k', 'x')]);
    expect(enabled?.kind).to.equal('ok');
    expect(refused?.kind === 'error' && refused.error.kind).to.equal('user-empty');
  });

  it('find the same users after a restart, and leave the hash of the keys alone', async () => {
    const { revision, users } = fixture.store.auth();
    const hash = await fixture.store.hashKv(0);
    await fixture.reopen();
    expect(fixture.store.auth().enabled).to.equal(true);
    expect(fixture.store.auth().revision).to.equal(revision);
    expect([...fixture.store.auth().users.keys()].sort()).to.deep.equal([...users.keys()].sort());
    await fixture.apply([[...auth.addUser('later'), userAt('root')]]);
    expect(await fixture.store.hashKv(0)).to.deep.equal(hash);
  });

  it('assign a token to the user whose password was checked', async () => {
    const { revision } = fixture.store.auth();
    await set(auth.token('ro', revision, 'x'));
    const assigned = tokens.at(-1);
    expect(assigned).to.deep.include({ kind: 'assigned', user: 'ro' });
    expect(raftkv.TokenAssignment.decode(auth.token('ro', revision, 'x')[1]).user).to.equal('ro');
  });

  function allDenied(): Readonly<Record<string, string>> {
    return { none: denied, ro: denied, wo: denied, rw: denied, prefix: denied, root: denied };
  }
});
