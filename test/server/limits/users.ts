import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { callHeaders, frame, FRAME, wholeCall } from '../../rpc/raw-http2.js';
import { poll } from '../../support/poll.js';
import { bytesField } from '../raw-proto.js';
import type { LimitedMember } from './limited-member.js';

const WATCH = '/etcdserverpb.Watch/Watch';
const KEY = bytesField(1, Buffer.from('key'));

/** Tests of the limits on watches, feeds and users. */
export function watchAndUserLimits(member: LimitedMember): void {
  it('bound watches', async () => {
    await member.start({ 'max-watches-per-stream': '1' });
    const client = await member.http2();
    const create = bytesField(1, KEY);
    const message = Buffer.concat([Buffer.from([0, 0, 0, 0, create.length]), create]);
    client.write(callHeaders({ path: WATCH, streamId: 1 }), frame(FRAME.data, 0, 1, Buffer.concat([message, message])));
    await poll('the end of the stream', () => client.ended === 1 || undefined);
    await member.expectHit('watches');
  });

  it('bound the workers of feeds', async () => {
    await member.start();
    const client = await member.http2();
    const body = raftkvpb.FeedSubscribeRequest.encode({ name: 'feed', worker: 'worker' }).finish();
    const path = '/raftkvpb.Feed/Subscribe';
    client.write(...Array.from({ length: 300 }, (_, at) => wholeCall({ path, streamId: 2 * at + 1, body })));
    await member.expectHit('feed_subscriptions');
  });

  it('bound the permissions of a role, which may still be replaced', async () => {
    await member.start();
    const { lone } = member;
    const path = '/etcdserverpb.Auth/RoleGrantPermission';
    const grant = async (at: number, permType: number): Promise<number> => {
      const perm = { permType, key: Buffer.from(`key/${at}`) };
      const body = etcdserverpb.AuthRoleGrantPermissionRequest.encode({ name: 'role', perm }).finish();
      return (await lone.raw(path, body, { timeoutMs: 60_000 })).code;
    };
    const name = etcdserverpb.AuthRoleAddRequest.encode({ name: 'role' }).finish();
    expect((await lone.raw('/etcdserverpb.Auth/RoleAdd', name)).code).to.equal(Code.OK);
    const codes = await Promise.all(Array.from({ length: 1_000 }, (_, at) => grant(at, 0)));
    expect(new Set(codes)).to.deep.equal(new Set([Code.OK]));
    expect(await grant(1_000, 0)).to.equal(Code.FAILED_PRECONDITION);
    expect(await grant(7, 2)).to.equal(Code.OK);
    expect(await member.expectHit('role_permissions')).to.equal(1);
  });

  it('bound passwords that wait to be hashed', async () => {
    await member.start({ 'bcrypt-cost': '4' });
    const client = await member.http2();
    const calls = Array.from({ length: 2_000 }, (_, at) => {
      const body = etcdserverpb.AuthUserAddRequest.encode({ name: `user-${at}`, password: 'password' }).finish();
      return wholeCall({ path: '/etcdserverpb.Auth/UserAdd', streamId: 2 * at + 1, body });
    });
    client.write(...calls);
    await member.expectHit('waiting_passwords');
  });
}
