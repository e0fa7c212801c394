import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { FakeEtcd, FakeStore } from '../../support/fake-etcd.js';
import { openedServers } from '../opened-servers.js';
import { clientErrorOf } from '../../support/rejections.js';

const ID_1 = '0000000000000001';
const ID_2 = '0000000000000002';
const ID_3 = '0000000000000003';
const ID_4 = '0000000000000004';
const ID_9 = '0000000000000009';
const FIRST_ID = 'fedcba9876543210';
const FIRST = {
  id: ID_2,
  name: 'n1',
  peerUrls: ['http://n1:2380'],
  clientUrls: ['http://n1:2379'],
  isLearner: false,
};

describe('client membership calls', () => {
  const { start, connect } = openedServers((store?: FakeStore) => FakeEtcd.start(store), { timeoutMs: 3000 });

  it('adds, updates, promotes and removes a member, whose id takes all 64 bits', async () => {
    const client = connect([(await start()).endpoint]);
    const added = await client.memberAdd({ peerUrls: ['http://n2:2380'], isLearner: true });
    const learner = { id: FIRST_ID, name: '', peerUrls: ['http://n2:2380'], clientUrls: [], isLearner: true };
    const header = { clusterId: ID_1, memberId: ID_2, revision: 0, raftTerm: 3 };
    expect(added).to.deep.equal({ header, member: learner, members: [FIRST, learner] });
    const moved = { ...learner, peerUrls: ['http://n3:2380', 'http://n4:2380'] };
    const updated = await client.memberUpdate(FIRST_ID, { peerUrls: moved.peerUrls });
    expect(updated).to.deep.equal({ header, members: [FIRST, moved] });
    const voter = { ...moved, isLearner: false };
    expect((await client.memberPromote(FIRST_ID)).members).to.deep.equal([FIRST, voter]);
    expect(await client.memberList()).to.deep.equal({ header, members: [FIRST, voter] });
    expect((await client.memberRemove(FIRST_ID)).members).to.deep.equal([FIRST]);
    const error = await clientErrorOf(client.memberRemove(FIRST_ID));
    expect([error.code, error.fate, error.retryable]).to.deep.equal(['not-found', 'not-applied', false]);
  });

  describe('with members that fail', () => {
    it('repeats no membership change whose answer is lost', async () => {
      const fake = await start();
      fake.script = ({ method }) => (method === 'MemberList' ? undefined : { kind: 'lose-answer' });
      const client = connect([fake.endpoint]);
      const error = await clientErrorOf(client.memberAdd({ peerUrls: ['http://n2:2380'] }));
      expect([error.code, error.fate]).to.deep.equal(['unavailable', 'unknown']);
      expect((await clientErrorOf(client.memberPromote(FIRST_ID))).fate).to.equal('unknown');
      expect((await clientErrorOf(client.memberUpdate(FIRST_ID, { peerUrls: ['http://n3:2380'] }))).fate).to.equal(
        'unknown',
      );
      expect((await clientErrorOf(client.memberRemove(ID_2))).fate).to.equal('unknown');
      const { members } = await client.memberList();
      expect(members.map(({ id, peerUrls }) => [id, peerUrls])).to.deep.equal([[FIRST_ID, ['http://n3:2380']]]);
      expect(fake.calls.length).to.equal(5);
    });

    it('repeats a membership change that was refused before it was proposed', async () => {
      const fake = await start();
      for (const text of ['etcdserver: unhealthy cluster', 'etcdserver: no leader']) {
        const before = fake.calls.length;
        fake.script = ({ number }) =>
          number === before + 1 ? { kind: 'refuse', code: status.UNAVAILABLE, text } : undefined;
        await connect([fake.endpoint]).memberAdd({ peerUrls: [`http://${before}:2380`] });
        expect(fake.calls.length - before, text).to.equal(2);
      }
    });

    it('skips learners for calls that only voters serve, and reports the refusal if there is no voter', async () => {
      const store = new FakeStore();
      const [learner, voter] = [await start(store), await start(store)];
      const text = 'etcdserver: rpc not supported for learner';
      // etcd versions use either code.
      for (const code of [status.FAILED_PRECONDITION, status.UNAVAILABLE]) {
        learner.script = () => ({ kind: 'refuse', code, text });
        await connect([learner.endpoint, voter.endpoint]).put('a', '1');
        await connect([learner.endpoint, voter.endpoint]).get('a');
        const before = learner.calls.length;
        const alone = await clientErrorOf(connect([learner.endpoint, learner.endpoint]).put('a', '1'));
        expect([alone.fate, alone.message]).to.deep.equal(['not-applied', `${learner.endpoint}: ${text}`]);
        expect(learner.calls.length - before).to.equal(2);
      }
      expect([store.versionOf('a'), voter.countOf('Put'), voter.countOf('Range')]).to.deep.equal([2, 2, 2]);
    });

    it('reports the answer of a voter rather than that of a learner', async () => {
      const [voter, learner] = [await start(), await start()];
      const refusal = (text: string) => () => ({ kind: 'refuse', code: status.UNAVAILABLE, text }) as const;
      voter.script = refusal('etcdserver: no leader');
      learner.script = refusal('etcdserver: rpc not supported for learner');
      const client = connect([voter.endpoint, learner.endpoint], { timeoutMs: 1_000 });
      expect((await clientErrorOf(client.put('a', '1'))).message).to.contain('etcdserver: no leader');
    });
  });

  describe('moves the leadership', () => {
    /** Three members on one store; the first leads. */
    const startThree = async (): Promise<readonly [FakeEtcd, FakeEtcd, FakeEtcd]> => {
      const store = new FakeStore();
      const fakes = [await start(store), await start(store), await start(store)] as const;
      for (const [index, fake] of fakes.entries()) {
        fake.memberId = index + 2;
        store.members.set(BigInt(index + 2), { name: `n${index}`, clientURLs: [`http://${fake.endpoint}`] });
      }
      return fakes;
    };

    it('finds the leader whether or not it is among the endpoints', async () => {
      const [first, second, third] = await startThree();
      const client = connect([third.endpoint]);
      const { previousLeader, header } = await client.moveLeader(ID_3);
      expect([previousLeader, header.memberId, first.store.leader]).to.deep.equal([ID_2, ID_2, 3]);
      expect((await client.moveLeader(ID_4)).previousLeader).to.equal(ID_3);
      expect([first.countOf('MoveLeader'), second.countOf('MoveLeader')]).to.deep.equal([1, 1]);
    });

    it('finds the leader although one member is gone and another hangs', async () => {
      const [first, second, third] = await startThree();
      second.stop();
      third.script = ({ method }) => (method === 'Status' ? { kind: 'hang' } : undefined);
      expect((await connect([third.endpoint]).moveLeader(ID_4)).previousLeader).to.equal(ID_2);
      expect(first.store.leader).to.equal(4);
    });

    it('succeeds although the leader changes meanwhile and an answer is lost', async () => {
      const [first, second] = await startThree();
      first.script = ({ method }) => {
        // Elected between the status call and the request.
        if (method === 'MoveLeader' && first.countOf('MoveLeader') === 1) first.store.leader = 3;
        return undefined;
      };
      second.script = ({ method }) =>
        method === 'MoveLeader' && second.countOf('MoveLeader') === 1 ? { kind: 'lose-answer' } : undefined;
      const { previousLeader } = await connect([first.endpoint]).moveLeader(ID_4);
      expect([previousLeader, first.store.leader]).to.deep.equal([ID_2, 4]);
      expect([first.countOf('MoveLeader'), second.countOf('MoveLeader')]).to.deep.equal([1, 2]);
    });

    it('refuses a target that is not a voter, and fails without a leader', async () => {
      const [first] = await startThree();
      const text = 'etcdserver: bad leader transferee';
      first.script = ({ method }) =>
        method === 'MoveLeader' ? { kind: 'refuse', code: status.FAILED_PRECONDITION, text } : undefined;
      const refused = await clientErrorOf(connect([first.endpoint]).moveLeader(ID_9));
      expect([refused.message, first.countOf('MoveLeader')]).to.deep.equal([`${first.endpoint}: ${text}`, 1]);
      first.store.leader = 0;
      const none = await clientErrorOf(connect([first.endpoint]).moveLeader(ID_3, { timeoutMs: 1_500 }));
      expect([none.code, none.fate]).to.deep.equal(['unavailable', 'not-applied']);
      expect(none.message).to.equal('no reachable member is the leader');
      const abort = new AbortController();
      const waiting = clientErrorOf(connect([first.endpoint]).moveLeader(ID_3, { signal: abort.signal }));
      setImmediate(() => abort.abort());
      expect((await waiting).code).to.equal('cancelled');
    });
  });
});
