import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { AuthState } from '../../../src/kv/auth/auth-state.js';
import { spanOf } from '../../../src/kv/format/key-range.js';
import { WatcherIndex } from '../../../src/kv/watch/watcher-index.js';
import type { WatcherGroup } from '../../../src/kv/watch/watcher.js';
import { REFUSALS } from '../../../src/server/requests/access.js';
import { cancelReasonOf, WatchGuard } from '../../../src/server/watch/watch-guard.js';
import { poll } from '../../support/poll.js';
import { after, auth, ROOT_COMMANDS, userWith } from '../../kv/auth/auth-requests.js';

function watching(key: string, rangeEnd = ''): WatcherGroup {
  return new WatcherIndex().group(spanOf(Buffer.from(key, 'latin1'), Buffer.from(rangeEnd, 'latin1')));
}

describe('WatchGuard', () => {
  const begun = after(
    AuthState.empty,
    ...userWith('one', 'read', 'k'),
    ...userWith('prefix', 'both', 'k', 'l'),
    ...userWith('from', 'read', 'k', '\0'),
    ...userWith('writer', 'write', 'k', '\0'),
    ...ROOT_COMMANDS,
  );
  /** Another state with the same permissions. */
  const changed = after(begun, auth.addRole('other'));

  it('admits a watch whose user still has the permission on all of its keys', () => {
    const keys = { k: watching('k'), 'k to l': watching('k', 'l'), 'from k': watching('k', '\0') };
    const admitted = Object.fromEntries(
      ['one', 'prefix', 'from', 'writer', 'root', 'nobody'].map((user) => [
        user,
        Object.entries(keys).flatMap(([name, group]) =>
          new WatchGuard(user, begun).refusal(changed, group) === undefined ? [name] : [],
        ),
      ]),
    );
    expect(admitted).to.deep.equal({
      one: ['k'],
      prefix: ['k', 'k to l'],
      from: ['k', 'k to l', 'from k'],
      writer: [],
      root: ['k', 'k to l', 'from k'],
      nobody: [],
    });
  });

  it('refuses a watch once its permission, its role or its user is gone', () => {
    const group = watching('k', 'l');
    for (const command of [
      auth.revoke('prefix', 'k', 'l'),
      auth.revokeRole('prefix', 'prefix'),
      auth.deleteRole('prefix'),
      auth.deleteUser('prefix'),
    ]) {
      const guard = new WatchGuard('prefix', begun);
      expect(guard.refusal(begun, group)).to.equal(undefined);
      const gone = after(begun, command);
      expect(guard.refusal(gone, group), command[0]).to.equal(REFUSALS.denied);
      expect(guard.refusal(gone, group), 'again').to.equal(REFUSALS.denied);
    }
  });

  it('refuses a watch without a user once authentication is enabled, and none while it is off', () => {
    const off = after(begun, auth.disable());
    const guard = new WatchGuard(undefined, off);
    expect(guard.refusal(after(off, auth.addRole('x')), watching('k'))).to.equal(undefined);
    expect(guard.refusal(after(off, auth.enable()), watching('k'))).to.equal(REFUSALS.nobody);
  });

  it('gives the reasons that etcd gives', () => {
    expect(cancelReasonOf(REFUSALS.denied)).to.equal(
      'rpc error: code = PermissionDenied desc = etcdserver: permission denied',
    );
    expect(cancelReasonOf(REFUSALS.oldRevision)).to.equal(
      'rpc error: code = InvalidArgument desc = etcdserver: revision of auth store is old',
    );
  });

  // Each of thousands of watches kept the state by which it was checked last: while users changed fast, as many tables of all users.
  it('keeps no state', async () => {
    const group = watching('k', 'l');
    const guard = new WatchGuard('prefix', begun);
    const states: WeakRef<AuthState>[] = [];
    const check = (): void => {
      const state = after(begun, auth.addRole('other'));
      states.push(new WeakRef(state));
      expect(guard.refusal(state, group)).to.equal(undefined);
    };
    check();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await poll('the end of the state', () => {
      collect();
      return states.every((state) => state.deref() === undefined) || undefined;
    });
    expect(guard.refusal(after(begun, auth.addRole('other'), auth.revoke('prefix', 'k', 'l')), group)).to.equal(
      REFUSALS.denied,
    );
  });

  it('refuses a watch that was begun without a user while authentication was off at the same revision', () => {
    const off = begun.with({ enabled: false });
    const guard = new WatchGuard(undefined, off);
    expect(guard.refusal(off, watching('k'))).to.equal(undefined);
    expect(guard.refusal(off.with({ enabled: true }), watching('k'))).to.equal(REFUSALS.nobody);
  });
});
