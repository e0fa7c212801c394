import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { AuthState } from '../../../src/kv/auth/auth-state.js';
import type { KvStore } from '../../../src/kv/store.js';
import type { Method, UnaryCall } from '../../../src/rpc/service.js';
import type { Status } from '../../../src/rpc/status.js';
import { Access, REFUSALS } from '../../../src/server/requests/access.js';
import { gate } from '../../../src/server/requests/gate.js';
import type { Evaluate } from '../../../src/server/requests/reader.js';
import { clusterService } from '../../../src/server/services/cluster-service.js';
import { leaseService } from '../../../src/server/services/lease-service.js';
import { defined } from '../../../src/util/assert.js';

const ANN = { name: 'ann', passwordHash: '', noPassword: false, roles: [] };
const withAnn = new AuthState({ enabled: true, revision: 2, users: new Map([['ann', ANN]]), roles: new Map() });
const withoutAnn = new AuthState({ enabled: true, revision: 2, users: new Map(), roles: new Map() });
const changed = new AuthState({ enabled: true, revision: 3, users: new Map([['ann', ANN]]), roles: new Map() });
const off = AuthState.empty;

const unused = (): never => expect.fail('no list asks for this');
const MemberList = etcdserverpb.MemberListRequest.encode({ linearizable: true }).finish();

// MemberList was checked by the state of the asked member, then waited for the newest one, and was answered from that without
// another check: a member that was behind showed the members to a user who had been deleted, and to callers without a
// user when authentication had been enabled meanwhile.
describe('lists that wait for the newest state', () => {
  /** Asks for a list on a member that is behind, and has it apply the newest state before it answers. */
  async function ask(path: string, { behind, newest }: { behind: AuthState; newest: AuthState }): Promise<unknown> {
    let state = behind;
    let evaluate: Evaluate | undefined;
    const store: Pick<KvStore, 'members' | 'appliedIndex' | 'revision' | 'leases' | 'leasedKeys'> = {
      members: () => [],
      appliedIndex: () => 1,
      revision: () => 1,
      leases: { size: 0, get: () => undefined, all: () => [], state: {} },
      leasedKeys: { earlier: () => undefined, hold: () => Promise.resolve(true) },
    };
    const access = new Access({
      auth: () => state,
      identities: {
        identify: () => ({ kind: 'user', name: 'ann', bytes: Buffer.from('ann'), authRevision: 2 }),
        resolve: (_call, done) => done(),
      },
      fresh: unused,
    });
    const shared = {
      store: store as KvStore,
      access,
      reader: { serve: (_call: UnaryCall, _options: unknown, read: Evaluate) => void (evaluate = read) },
      headers: undefined as never,
    };
    const methods = gate(
      [
        ...clusterService({ ...shared, changes: undefined as never }),
        ...leaseService({
          ...shared,
          writes: undefined as never,
          random: undefined as never,
          lessor: { ask: unused, endsMs: () => undefined, order: {} },
          clock: { soon: unused },
          ttlMinSeconds: 1,
        }),
      ],
      { checks: [], access },
    );
    const method = defined(
      methods.find((each): each is Method & { kind: 'unary' } => each.path === path && each.kind === 'unary'),
      path,
    );
    const call = { fail: (status: Status) => expect.fail(status.message) } as unknown as UnaryCall;
    method.handle(call, method.decode(path.endsWith('MemberList') ? MemberList : Buffer.alloc(0)));
    state = newest;
    const answer = await defined(evaluate, 'the read')();
    return answer.kind === 'refused' ? answer.status : answer.kind;
  }

  const rows: readonly (readonly [path: string, unknown: Status])[] = [
    ['/etcdserverpb.Cluster/MemberList', REFUSALS.unknownUser],
    ['/etcdserverpb.Lease/LeaseLeases', REFUSALS.denied],
  ];
  for (const [path, unknown] of rows) {
    it(`${path} is checked by the state that answers it`, async () => {
      expect(await ask(path, { behind: withAnn, newest: withAnn })).to.equal('ok');
      expect(await ask(path, { behind: withAnn, newest: withoutAnn })).to.equal(unknown);
      expect(await ask(path, { behind: withAnn, newest: changed })).to.equal(REFUSALS.oldRevision);
      expect(await ask(path, { behind: off, newest: withoutAnn })).to.equal(unknown);
      expect(await ask(path, { behind: off, newest: withAnn })).to.equal('ok');
      expect(await ask(path, { behind: withAnn, newest: off })).to.equal('ok');
    });
  }
});
