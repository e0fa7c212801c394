import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../src/gen/proto.js';
import { clampInteger } from '../../src/util/integer.js';
import { put } from '../support/virtual-calls.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import type { VirtualMember } from '../support/virtual-member.js';

const { DEFAULT, CONSISTENT, STALE } = etcdserverpb.ReadLevel;
const { IndexCreateRequest, IndexQueryRequest, IndexQueryResponse } = raftkvpb;
const bytes = (text: string): Buffer => Buffer.from(text);
const DEFINITION = { name: 'i', key: bytes('u/'), rangeEnd: bytes('u0'), source: { wholeValue: true } };

interface Answer {
  readonly keys: readonly string[];
  readonly pageToken: Uint8Array;
  readonly revision: number;
  readonly stalenessMs: number | undefined;
}

async function query(
  member: VirtualMember,
  request: raftkvpb.IndexQueryRequest.$Properties = {},
): Promise<Answer | string> {
  const body = IndexQueryRequest.encode({ index: 'i', keysOnly: true, ...request }).finish();
  const result = await member.call('/raftkvpb.Index/Query', body);
  if (result.kind === 'error') return result.status.message;
  const { entries, nextPageToken, revision, header } = IndexQueryResponse.decode(result.body);
  const age = header?.stalenessMs;
  return {
    keys: entries.map(({ key }) => Buffer.from(key ?? []).toString()),
    pageToken: nextPageToken,
    revision: clampInteger(revision),
    stalenessMs: age === undefined || age === null ? undefined : clampInteger(age),
  };
}

describe('queries of an index in a cluster', () => {
  let cluster: VirtualCluster;
  let leader: VirtualMember;
  let follower: VirtualMember;

  beforeEach(async () => {
    cluster = new VirtualCluster({ members: 3, seed: 11, requestMs: 3000 });
    await cluster.start();
    leader = await cluster.leader();
    follower = cluster.members.find((member) => member !== leader) ?? leader;
  });

  afterEach(() => cluster.stop());

  const write = async (key: string, value: string): Promise<void> => {
    expect((await cluster.time.wait(put(leader, key, value))).kind).to.equal('ok');
  };
  const create = async (): Promise<void> => {
    const made = await cluster.time.wait(
      leader.call('/raftkvpb.Index/Create', IndexCreateRequest.encode({ definition: DEFINITION }).finish()),
    );
    expect(made.kind, JSON.stringify(made)).to.equal('ok');
    await cluster.time.until(
      'it is ready',
      () => leader.assembly.store.indexes().byName.get('i')?.state.kind === 'ready',
    );
  };
  const cutOff = (): void => cluster.network.connect((from, to) => from !== follower.id && to !== follower.id);
  const applied = (member: VirtualMember): number => member.assembly.store.revision();
  const asked = async (...args: Parameters<typeof query>): Promise<Answer | string> =>
    await cluster.time.wait(query(...args));

  it('show every acknowledged write at the levels consistent and default, through any member', async () => {
    await create();
    for (let at = 0; at < 20; at++) {
      await write(`u/${at}`, 'v');
      for (const member of cluster.members) {
        for (const readLevel of [CONSISTENT, DEFAULT]) {
          const answer = await asked(member, { readLevel });
          expect(typeof answer === 'string' ? answer : answer.keys).to.have.length(at + 1);
        }
      }
    }
  });

  it('answer at the level stale from a member that is cut off, with its age, and at no other level', async () => {
    await create();
    await write('u/1', 'v');
    await cluster.time.until('the follower has it', () => applied(follower) === applied(leader));
    cutOff();
    await write('u/2', 'v');
    await cluster.time.advance(4000);
    const old = await asked(follower, { readLevel: STALE });
    expect(typeof old === 'string' ? old : old.keys).to.deep.equal(['u/1']);
    expect(typeof old === 'string' ? 0 : old.stalenessMs).to.be.at.least(3900);
    expect(await asked(follower, { readLevel: STALE, maxStalenessMs: 1000 })).to.match(/more than 1000 ms/);
    for (const readLevel of [CONSISTENT, DEFAULT]) {
      expect(await asked(follower, { readLevel })).to.equal('etcdserver: no leader');
    }
    cluster.heal();
    await cluster.time.until('the follower has both', () => applied(follower) === applied(leader));
    await cluster.leader();
    const whole = await asked(follower, { readLevel: CONSISTENT });
    expect(typeof whole === 'string' ? whole : whole.keys).to.deep.equal(['u/1', 'u/2']);
  });

  // An index becomes ready without a new revision. A follower that had the revision of the first page, and not yet the entry that
  // makes the index ready, refused the next page: the index did not exist, or was being built.
  it('go on at a member that has their revision, and has not heard of the index yet', async () => {
    for (const key of ['u/1', 'u/2', 'u/3']) await write(key, 'v');
    await cluster.time.until('the follower has them', () => applied(follower) === applied(leader));
    cutOff();
    await create();
    const first = await asked(leader, { limit: 1 });
    if (typeof first === 'string') throw new Error(first);
    expect(follower.assembly.store.indexes().byName.size).to.equal(0);
    const next = query(follower, { readLevel: STALE, pageToken: first.pageToken });
    await cluster.time.advance(200);
    cluster.heal();
    const rest = await cluster.time.wait(next);
    expect(rest).to.deep.include({ keys: ['u/2', 'u/3'], revision: first.revision });
  });

  it('wait at a member that has not applied the revision of the page before', async () => {
    await create();
    await write('u/1', 'v');
    await cluster.time.until('the follower has it', () => applied(follower) === applied(leader));
    cutOff();
    await write('u/2', 'v');
    const first = await asked(leader, { limit: 1 });
    if (typeof first === 'string') throw new Error(first);
    const next = query(follower, { readLevel: STALE, pageToken: first.pageToken });
    await cluster.time.advance(200);
    cluster.heal();
    expect(await cluster.time.wait(next)).to.deep.include({ keys: ['u/2'], revision: first.revision });
  });
});
