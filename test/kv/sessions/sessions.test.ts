import { expect } from 'chai';
import { SESSION_BOUNDS } from '../../../src/kv/sessions/session-table.js';
import { auth, ROOT_COMMANDS } from '../auth/auth-requests.js';
import { encode, Fixture, TERM } from '../support/fixture.js';
import { session, shown, userNamed, versionOf, within, type Command } from './session-writes.js';

const PREVIOUS = { prevKv: true };

describe('client sessions', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await Fixture.open();
  });

  afterEach(() => fixture.remove());

  async function apply(...commands: Command[]): Promise<string[]> {
    return (await fixture.apply(commands)).map(shown);
  }

  it('apply a repeated write once, and answer it as at first', async () => {
    await apply(session.open(7), encode.put('k', 'old'));
    const write = within(encode.put('k', 'new', PREVIOUS), [7, 1]);
    const [first] = await apply(write);
    const [later, again] = await apply(encode.put('k', 'newer'), write);
    expect(again).to.equal(first).and.not.equal(later);
    await fixture.reopen();
    expect(await apply(write)).to.deep.equal([first]);
    expect(await versionOf(fixture.store, 'k')).to.equal(3);
    expect(fixture.store.sessions.repeats, 'since the store was opened').to.equal(1);
  });

  it('answer a repeat in the same batch', async () => {
    const write = within(encode.put('k', 'v', PREVIOUS), [7, 1]);
    const [, first, second] = await apply(session.open(7), write, write);
    expect(second).to.equal(first);
  });

  it('keep errors as results', async () => {
    const grant = within(encode.leaseGrant(90n, 60), [7, 1]);
    const revoke = within(encode.leaseRevoke(91n), [7, 2]);
    const first = await apply(session.open(7), encode.leaseGrant(90n, 60), grant, revoke);
    expect(first.slice(2)).to.deep.equal(['1 lease-exists', '1 lease-not-found']);
    await apply(encode.leaseRevoke(90n), encode.leaseGrant(91n, 60), encode.put('k', 'v'));
    expect(await apply(grant, revoke), 'although both would succeed now').to.deep.equal(first.slice(2));
  });

  it('take sequence numbers in any order, and forget those that are acknowledged', async () => {
    const [third, first] = [within(encode.put('c'), [7, 3]), within(encode.put('a'), [7, 1])];
    await apply(session.open(7), third, first);
    expect(fixture.store.sessions.openSequences).to.equal(2);
    await apply(within(encode.put('b'), [7, 2, 2]));
    expect(fixture.store.sessions.openSequences).to.equal(2);
    expect((await apply(first))[0]).to.contain('session-acknowledged');
    expect(await apply(third)).to.deep.equal([shown(await repeatOf(third))]);
    await apply(within(encode.put('d'), [7, 4, 4]));
    expect([...(fixture.store.sessions.get(7)?.applied.keys() ?? [])]).to.deep.equal([4]);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => versionOf(fixture.store, key)))).to.deep.equal([
      1, 1, 1, 1,
    ]);
  });

  async function repeatOf(write: Command): Promise<Awaited<ReturnType<Fixture['apply']>>[number] | undefined> {
    return (await fixture.apply([write]))[0];
  }

  it('refuse a sequence number beyond the window, and take it once others are acknowledged', async () => {
    const { window } = SESSION_BOUNDS;
    await apply(session.open(7));
    const far = encode.put('far');
    expect((await apply(within(far, [7, window + 1])))[0]).to.contain('session-window');
    expect(await versionOf(fixture.store, 'far')).to.equal(0);
    expect((await apply(within(far, [7, window + 1, 2])))[0]).to.contain('ok');
  });

  it('refuse writes of sessions that are unknown, closed or expired', async () => {
    expect((await apply(within(encode.put('k'), [7, 1])))[0]).to.equal('1 session-not-found');
    await apply(session.open(7), session.open(8), session.close(7));
    const [, lastIndex] = [0, fixture.store.sessions.get(8)?.lastIndex ?? 0];
    expect(await apply(session.expire(8, lastIndex))).to.deep.equal(['1 ok ']);
    expect(await apply(within(encode.put('k'), [7, 1]), within(encode.put('k'), [8, 1]))).to.deep.equal([
      '1 session-not-found',
      '1 session-not-found',
    ]);
    expect(fixture.store.sessions.size).to.equal(0);
  });

  it('do not expire by a deposed leader, or once they were used', async () => {
    await apply(session.open(7));
    const lastIndex = fixture.store.sessions.get(7)?.lastIndex ?? 0;
    expect(await apply(session.expire(7, lastIndex, TERM - 1))).to.deep.equal(['1 session-expiry-void']);
    expect(await apply(session.expire(7, lastIndex, TERM, 59_999))).to.deep.equal(['1 session-expiry-void']);
    await apply(session.keepAlive(7));
    expect(await apply(session.expire(7, lastIndex))).to.deep.equal(['1 session-expiry-void']);
    await apply(within(encode.put('k'), [7, 1]));
    expect((await apply(session.expire(7, lastIndex + 3)))[0]).to.contain('session-expiry-void');
    expect(fixture.store.sessions.size).to.equal(1);
  });

  it('remember that a write was applied when its result is too large to keep', async () => {
    await apply(session.open(7), encode.put('k', 'x'.repeat(SESSION_BOUNDS.resultBytes)));
    const write = within(encode.put('k', 'new', PREVIOUS), [7, 1]);
    expect((await apply(write))[0]).to.contain('ok');
    expect((await apply(write))[0]).to.contain('already-applied');
    await fixture.reopen();
    expect((await apply(write))[0]).to.contain('already-applied');
    expect(await versionOf(fixture.store, 'k')).to.equal(2);
  });

  it('belong to their user', async () => {
    await fixture.apply([auth.addUser('ann'), ...ROOT_COMMANDS]);
    const { revision } = fixture.store.auth();
    const [ann, root] = [userNamed('ann', revision), userNamed('root', revision)];
    const write = (user: typeof ann): Command => within(['put', encode.put('k')[1], user], [7, 1]);
    expect((await apply(session.open(7, root), write(root)))[1]).to.contain('ok');
    expect(await apply(write(ann), session.keepAlive(7, ann), session.close(7, ann))).to.deep.equal(
      Array.from({ length: 3 }, () => '2 session-of-another-user'),
    );
    expect(await apply(session.open(8, ann), session.close(8, root))).to.deep.equal([shownOpen(8), '2 ok ']);
  });

  function shownOpen(id: number): string {
    return `2 ok ${Buffer.from([0x10, id, 0x18, 60, 0x20, 0x80, 0x08]).toString('hex')}`;
  }

  it('do not take a refusal for want of permissions that changed meanwhile as the result', async () => {
    await fixture.apply(ROOT_COMMANDS);
    const { revision } = fixture.store.auth();
    const write = (user: ReturnType<typeof userNamed>): Command => within(['put', encode.put('k')[1], user], [7, 1]);
    await apply(session.open(7, userNamed('root', revision)));
    expect(await apply(write(userNamed('root', revision - 1)))).to.deep.equal(['1 auth-old-revision']);
    expect((await apply(write(userNamed('root', revision))))[0]).to.contain('2 ok');
    expect((await apply(write(userNamed('root', revision - 1))))[0], 'a repeat').to.contain('2 ok');
  });
});
