import { expect } from 'chai';
import { authpb, etcdserverpb } from '../../../src/gen/proto.js';
import { WatchCall, type WatchResponse } from '../../support/watch-call.js';
import { SecuredMember } from './secured-member.js';

const p = etcdserverpb;
const { READ } = authpb.Permission.Type;
const key = (text: string): Buffer => Buffer.from(text, 'latin1');
const DENIED = 'rpc error: code = PermissionDenied desc = etcdserver: permission denied';
const NOBODY = 'rpc error: code = InvalidArgument desc = etcdserver: user name is empty';
const INVALID = 'rpc error: code = Unauthenticated desc = etcdserver: invalid auth token';

describe('watches with authentication on', () => {
  let secured: SecuredMember;
  const calls: WatchCall[] = [];

  beforeEach(async () => {
    secured = await SecuredMember.start();
    await secured.addUser('one', { type: READ, key: 'k' });
    await secured.addUser('prefix', { type: READ, key: 'k', rangeEnd: 'l' });
  });

  afterEach(async () => {
    for (const call of calls.splice(0)) call.cancel();
    await secured.dispose();
  });

  function open(user?: string, token = user === undefined ? undefined : secured.tokens.get(user)): WatchCall {
    const call = new WatchCall(secured.client, token === undefined ? {} : { token });
    calls.push(call);
    return call;
  }

  async function enable(): Promise<void> {
    await secured.enable();
    for (const user of ['root', 'one', 'prefix']) await secured.logIn(user);
  }

  const put = (name: string, value = 'v'): Promise<Buffer> =>
    secured.do('KV/Put', p.PutRequest, { key: key(name), value: key(value) }, 'root');

  it('are refused as etcd refuses them', async () => {
    await enable();
    const refused: readonly (readonly [WatchCall, string, string, string])[] = [
      [open(), 'k', '', NOBODY],
      [open(undefined, 'wrong.1'), 'k', '', INVALID],
      [open('one'), 'k2', '', DENIED],
      [open('prefix'), 'k', '\0', DENIED],
      [open('prefix'), '', '\0', DENIED],
    ];
    for (const [call, from, rangeEnd, cancelReason] of refused) {
      const response = await call.created({ key: from, rangeEnd });
      expect(response).to.include({ created: true, canceled: true, cancelReason });
      expect(String(response.watchId)).to.equal('-1');
    }
    expect(await open('prefix').created({ key: 'k', rangeEnd: 'l' })).to.include({ created: true, canceled: false });
    expect(await open('root').created({ key: '', rangeEnd: '\0' })).to.include({ created: true, canceled: false });
  });

  // Callers without a user asked for progress on a stream without watches, and were told the revision. etcd sends nothing.
  it('tell the revision to users alone', async () => {
    await enable();
    for (const call of [open(), open(undefined, 'wrong.1')]) {
      call.send({ progressRequest: {} });
      // Responses come in the order of the requests.
      expect(await call.created({ key: 'k' })).to.include({ created: true, canceled: true });
    }
    const call = open('one');
    call.send({ progressRequest: {} });
    const { created, canceled, watchId } = await call.next();
    expect([created, canceled, String(watchId)]).to.deep.equal([false, false, '-1']);
  });

  // GHSA-xg4h-6gfc-h4m8: permission on one key let its user watch all keys from that one on. etcd 3.5.30 still allows it.
  it('GHSA-xg4h-6gfc-h4m8: from a key on need permission on all of them', async () => {
    await enable();
    expect(await open('one').created({ key: 'k' })).to.include({ created: true, canceled: false });
    expect(await open('one').created({ key: 'k', rangeEnd: '\0' })).to.include({
      canceled: true,
      cancelReason: DENIED,
    });
  });

  // etcd checks a watch once: its user goes on to see events after the permission is gone.
  it('end with the reason when the permission goes, and no event comes after that', async () => {
    await enable();
    const watching = open('prefix');
    const kept = open('one');
    await watching.created({ key: 'k', rangeEnd: 'l' });
    await kept.created({ key: 'k' });
    await put('k', 'before');
    expect(valuesOf(await watching.next())).to.deep.equal(['before']);
    await secured.do('Auth/UserRevokeRole', p.AuthUserRevokeRoleRequest, { name: 'prefix', role: 'prefix' }, 'root');
    await put('k', 'after');
    expect(await watching.next()).to.include({ canceled: true, cancelReason: DENIED });
    expect(valuesOf(await kept.next())).to.deep.equal(['before']);
    expect(valuesOf(await kept.next())).to.deep.equal(['after']);
    await put('k', 'last');
    expect(valuesOf(await kept.next())).to.deep.equal(['last']);
    expect(watching.responses).to.have.length(3);
  });

  it('end when their user is deleted, and when a permission is narrowed, without a further event', async () => {
    await enable();
    const deleted = open('one');
    const narrowed = open('prefix');
    await deleted.created({ key: 'k' });
    await narrowed.created({ key: 'k', rangeEnd: 'l' });
    await secured.do('Auth/UserDelete', p.AuthUserDeleteRequest, { name: 'one' }, 'root');
    expect(await deleted.next()).to.include({ canceled: true, cancelReason: DENIED });
    await secured.do('Auth/RoleDelete', p.AuthRoleDeleteRequest, { role: 'prefix' }, 'root');
    expect(await narrowed.next()).to.include({ canceled: true, cancelReason: DENIED });
  });

  it('that were begun while authentication was off end when it is enabled, and go on for no one', async () => {
    const anonymous = open();
    await anonymous.created({ key: 'k', rangeEnd: 'l' });
    await enable();
    expect(await anonymous.next()).to.include({ canceled: true, cancelReason: NOBODY });
  });

  it('in the past stop between two pages once the permission is gone', async () => {
    const big = 'x'.repeat(300_000);
    for (let at = 0; at < 40; at++) {
      await secured.do('KV/Put', p.PutRequest, { key: key('k'), value: key(big) });
    }
    await enable();
    const watching = open('prefix');
    // Nothing is read, so the watch cannot take all pages before the permission goes.
    watching.hold();
    watching.create({ key: 'k', rangeEnd: 'l', startRevision: 2 });
    await secured.do('KV/Range', p.RangeRequest, { key: key('k'), countOnly: true }, 'root');
    await secured.do('Auth/RoleDelete', p.AuthRoleDeleteRequest, { role: 'prefix' }, 'root');
    watching.letGo();
    for (;;) {
      const response = await watching.next();
      if (!response.canceled) continue;
      expect(response.cancelReason).to.equal(DENIED);
      break;
    }
    const events = watching.responses.reduce((sum, response) => sum + response.events.length, 0);
    expect(events).to.be.below(40);
  });
});

function valuesOf({ events }: WatchResponse): readonly string[] {
  return events.map(({ kv }) => Buffer.from(kv?.value ?? []).toString());
}
