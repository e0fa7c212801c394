import { expect } from 'chai';
import { RaftKvError } from '../../../src/client/index.js';
import type { Cluster } from '../cluster/cluster.js';
import { checkReplicas } from './replicas.js';

interface Member {
  readonly hash: number;
  readonly leases: readonly bigint[];
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

const WELL: Member = { hash: 7, leases: [1n, 255n], roles: { reader: ['a'] } };

/** Members that answer administration. */
function clusterOf(members: Readonly<Record<string, Member | undefined>>, hasStatus = true): Cluster {
  const admin = (name: string): unknown => {
    const member = members[name];
    const answer = async <T>(value: T): Promise<T> => {
      if (member === undefined)
        throw new RaftKvError({ code: 'unavailable', message: 'down', fate: 'not-applied', retryable: true });
      return value;
    };
    return {
      hashKv: async () => await answer({ hash: member?.hash }),
      leaseList: async () => await answer({ ids: member?.leases }),
      auth: {
        status: async () => {
          if (hasStatus) return await answer({ enabled: true, authRevision: 3 });
          throw new RaftKvError({ code: 'unimplemented', message: '', fate: 'not-applied', retryable: false });
        },
        userList: async () => await answer({ users: ['root', 'alice'] }),
        userGet: async (user: string) => await answer({ roles: user === 'alice' ? ['reader'] : ['root'] }),
        roleList: async () => await answer({ roles: Object.keys(member?.roles ?? {}) }),
        roleGet: async (role: string) => await answer({ permissions: member?.roles[role] }),
      },
    };
  };
  return {
    names: Object.keys(members),
    status: async () => ({ header: { revision: 9 } }),
    directUrl: (name: string) => name,
    admin,
  } as unknown as Cluster;
}

const found = async (n1: Member | undefined, n2: Member | undefined): Promise<string[]> =>
  (await checkReplicas(clusterOf({ n1, n2 }), 60)).anomalies.map(({ text }) => text);

// Only keys were compared, so a member that had lost a role or a lease passed.
describe('the comparison of members', () => {
  it('finds that they differ in keys, leases or roles, or that one gives no answer', async () => {
    expect(await found(WELL, WELL)).to.deep.equal([]);
    expect(await found(WELL, { ...WELL, leases: [255n, 1n] })).to.deep.equal([]);
    expect(await found(WELL, { ...WELL, hash: 8 })).to.deep.equal([
      'hash of the keys at revision 9: n1 has 7, n2 has 8',
    ]);
    expect(await found(WELL, { ...WELL, leases: [1n] })).to.deep.equal(['leases: n1 has ["1","ff"], n2 has ["1"]']);
    expect(await found(WELL, { ...WELL, roles: { reader: [] } })).to.deep.equal([
      'roles: n1 has [["reader",["a"]]], n2 has [["reader",[]]]',
    ]);
    expect(await found(WELL, undefined)).to.deep.equal(['n2 gives no answer']);
  });

  // No run on etcd 3.4 was valid.
  it('does without the status of authentication, which etcd 3.4 has not', async () => {
    expect(await checkReplicas(clusterOf({ n1: WELL, n2: WELL }, false), 60)).to.include({ valid: true });
    const other = { ...WELL, hash: 8 };
    expect(await checkReplicas(clusterOf({ n1: WELL, n2: other }, false), 60)).to.include({ valid: false });
  });
});
