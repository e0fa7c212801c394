import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { AuthState } from '../../../src/kv/auth/auth-state.js';
import type { EventBatch } from '../../../src/kv/watch/event-batch.js';
import type { WatchHub } from '../../../src/kv/watch/hub.js';
import { Watcher, type WatchListener, type WatchSpec } from '../../../src/kv/watch/watcher.js';
import { WatcherIndex } from '../../../src/kv/watch/watcher-index.js';
import { AppliedWaiters } from '../../../src/node/loop/applied-waiters.js';
import type { StreamCall, StreamMethod } from '../../../src/rpc/service.js';
import { Access } from '../../../src/server/requests/access.js';
import { Headers } from '../../../src/server/requests/header.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { WatchService } from '../../../src/server/watch/service.js';
import { realClock } from '../../../src/util/real-clock.js';
import { after, auth, ROOT_COMMANDS, userWith } from '../../kv/auth/auth-requests.js';
import { poll } from '../../support/poll.js';

const { WatchResponse } = etcdserverpb;
const MIB = 1024 * 1024;

describe('watches that are denied an event', () => {
  // Each was cancelled in the turn of the write: one write to 36,000 watches of a user who had lost a role took 90 ms.
  it('get nothing, and are cancelled in later turns, also if the permission has come back by then', async () => {
    let state = after(AuthState.empty, ...userWith('ann', 'read', 'k'), ...ROOT_COMMANDS);
    const index = new WatcherIndex();
    const watchers: Watcher[] = [];
    const hub = {
      revision: 1,
      watch: (spec: WatchSpec, listener: WatchListener) => {
        const watcher = new Watcher({ spec, group: index.group(spec.keys), listener, phase: 'live', next: 2 });
        watchers.push(watcher);
        return watcher;
      },
      cancel: (watcher: Watcher) => (watcher.phase = 'ended'),
    };
    const user = { kind: 'user', name: 'ann', bytes: Buffer.from('ann'), authRevision: Infinity } as const;
    const service = new WatchService({
      hub: hub as unknown as WatchHub,
      auth: () => state,
      access: new Access({
        auth: () => state,
        identities: { identify: () => user, resolve: (_call, done) => done() },
        fresh: (_call, done) => done(undefined),
      }),
      headers: new Headers({ clusterId: 1, memberId: 1, term: () => 1 }),
      clock: realClock,
      random: { next: () => 0 },
      revisionWaiters: new AppliedWaiters(),
      freshness: () => ({ appliedIndex: 1, knownLeader: true, lastContactMs: 0, stalenessMs: 0 }),
      progressIntervalMs: 600_000,
      requestBytesMax: MIB,
      responseQueueBytes: MIB,
      watchesMax: 100,
      watchesOfMemberMax: 100,
      onLimit: () => undefined,
    });
    const reasons: string[] = [];
    let send: (request: unknown) => void = () => undefined;
    const call: StreamCall<unknown> = {
      ...OWN_CALL,
      onMessage: (callback) => (send = callback),
      onEnd: () => undefined,
      onDrain: () => undefined,
      send: (body) => {
        const { canceled, cancelReason } = WatchResponse.decode(body);
        if (canceled) reasons.push(cancelReason);
        return true;
      },
      pause: () => undefined,
      resume: () => undefined,
      end: () => undefined,
      fail: () => undefined,
    };
    (service.method() as unknown as StreamMethod<unknown>).handle(call);
    for (let at = 0; at < 50; at += 1) send({ createRequest: { key: Buffer.from('k') } });
    expect(watchers).to.have.length(50);

    const permitted = state;
    state = after(permitted, auth.revokeRole('ann', 'ann'));
    expect(watchers.map(({ listener }) => listener.deliver({} as EventBatch))).to.deep.equal(Array(50).fill(false));
    for (const { listener } of watchers) listener.fellBehind();
    expect(
      watchers.every(({ phase }) => phase === 'live'),
      'cancelled in the turn of the write',
    ).to.equal(true);
    state = after(state, auth.grantRole('ann', 'ann'));
    await poll('the cancellations', () => reasons.length === 50 || undefined);
    expect(new Set(reasons)).to.deep.equal(
      new Set(['rpc error: code = PermissionDenied desc = etcdserver: permission denied']),
    );
    expect(watchers.every(({ phase }) => phase === 'ended')).to.equal(true);
  });
});
