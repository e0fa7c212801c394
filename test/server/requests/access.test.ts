import { expect } from 'chai';
import { authpb } from '../../../src/gen/proto.js';
import { AuthState, type Rights } from '../../../src/kv/auth/auth-state.js';
import type { CallContext } from '../../../src/rpc/service.js';
import type { Status } from '../../../src/rpc/status.js';
import { Access, REFUSALS } from '../../../src/server/requests/access.js';
import { Errors } from '../../../src/server/requests/errors.js';

const EMPTY = new Uint8Array();
const KEY = Buffer.from('k');
const CALL = { metadata: () => undefined } as unknown as CallContext;

function stateWith(roles: readonly string[]): AuthState {
  const { READWRITE } = authpb.Permission.Type;
  return new AuthState({
    enabled: true,
    revision: 2 + roles.length,
    users: new Map([['ann', { name: 'ann', passwordHash: '', noPassword: false, roles }]]),
    roles: new Map([['r', { name: 'r', permissions: [{ type: READWRITE, key: KEY, rangeEnd: EMPTY }] }]]),
  });
}

describe('Access', () => {
  const [without, withRole] = [stateWith([]), stateWith(['r'])];
  const permits = ({ write }: Rights): boolean => write.contain(KEY, EMPTY);

  /** Confirms a refusal by the state without the role. @param fresh what the member knows after it has asked the others */
  async function confirmed(
    user: string,
    fresh: { readonly state: AuthState; readonly failed?: Status },
  ): Promise<Status | undefined> {
    const inOneTurn = access(user, fresh);
    let refused: Status | undefined = Errors.stopped;
    inOneTurn.confirm({ call: CALL, permits }, (status) => (refused = status));
    // A check of several turns comes to the same.
    const inSeveral = access(user, fresh);
    const check = async (): Promise<Status | undefined> => {
      await Promise.resolve();
      return inSeveral.refusal({ call: CALL, permits });
    };
    expect(await inSeveral.confirmLater(CALL, check)).to.equal(refused);
    return refused;
  }

  function access(user: string, fresh: { readonly state: AuthState; readonly failed?: Status }): Access {
    let state = without;
    return new Access({
      auth: () => state,
      identities: {
        identify: () => ({ kind: 'user', name: user, bytes: Buffer.from(user), authRevision: state.revision }),
        resolve: (_call, done) => done(),
      },
      fresh: (_call, done) => {
        ({ state } = fresh);
        done(fresh.failed);
      },
    });
  }

  it('refuses what the newest state does not permit, and nothing else', async () => {
    expect(await confirmed('ann', { state: without })).to.equal(REFUSALS.denied);
    expect(await confirmed('ann', { state: withRole })).to.equal(undefined);
  });

  /**
   * A member that was cut off answered "permission denied" to a user who had been given the permission through the others:
   * clients take that for final, and try no other member. Found by the simulator.
   */
  it('does not deny a permission on a state that may be old, but says why it knows no newer one', async () => {
    expect(await confirmed('ann', { state: without, failed: Errors.noLeader })).to.equal(Errors.noLeader);
    expect(await confirmed('ann', { state: without, failed: Errors.timeout })).to.equal(Errors.timeout);
    expect(await confirmed('ann', { state: withRole, failed: Errors.timeout })).to.equal(undefined);
  });
});
