import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { expectOk } from '../support/etcd-client.js';
import { expectSameData } from '../support/expectations.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

/** The log is cut right behind what is applied, so that a member that was away needs a snapshot. */
const SHORT_LOG = [
  '--snapshot-count=20',
  '--snapshot-catchup-entries=1',
  '--wal-segment-bytes=65536',
  '--wal-flush-bytes=0',
];
const ENGINES = ['level', 'lmdb', 'lmdb'] as const;

// Rows are the same in every engine, and so are snapshots and hashes.
describe('three real servers of which one has LevelDB and two have LMDB', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  let puts = 0;

  beforeEach(async () => {
    puts = 0;
    cluster = await ProcessCluster.start({
      flags: SHORT_LOG,
      flagsOf: (index) => [`--storage-engine=${ENGINES[index] ?? 'lmdb'}`],
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.error(cluster.logs());
    await cluster.dispose();
  });

  const put = async (index: number, count: number): Promise<void> => {
    for (let at = 0; at < count; at++, puts++) {
      // Some keys are longer than LMDB's.
      const key = `${String(puts % 70).padStart(3, '0')}${'k'.repeat(puts % 10 === 0 ? 3000 : 0)}`;
      expectOk(await cluster.client(index).put(key, 'v'.repeat(1000)));
    }
  };
  const pointer = (index: number): string => readFileSync(join(cluster.dataDir(index), 'engine', 'CURRENT'), 'latin1');

  it('have the same data, each in its own engine', async () => {
    await put(0, 100);
    await expectSameData(cluster);
    expect(cluster.all.map((index) => / (\w+)\n$/.exec(pointer(index))?.[1] ?? 'level')).to.deep.equal(ENGINES);
  });

  /** Makes a member the leader, whichever leads now. */
  const makeLeader = (to: number): Promise<true> => {
    const codecs = { request: etcdserverpb.MoveLeaderRequest, response: etcdserverpb.MoveLeaderResponse };
    return poll(`member ${to} to lead`, async () => {
      const from = await cluster.leader();
      if (from === to) return true;
      const { header } = expectOk(await cluster.client(to).status());
      const targetID = defined(header?.memberId, 'the id of the member');
      // It fails if another member leads meanwhile.
      await cluster.client(from).call('/etcdserverpb.Maintenance/MoveLeader', codecs, { targetID });
      return undefined;
    });
  };

  /** Makes the log larger than the state of any engine: the leader keeps a smaller one for a member that is away. */
  const growLog = async (index: number): Promise<void> => {
    for (let at = 0; at < 40; at++) {
      // Transactions whose condition fails change nothing.
      const refused = { key: 'absent', expected: 'a value', value: 'v'.repeat(64 * 1024) };
      expectOk(await cluster.client(index).putIf(refused));
    }
  };

  /** Writes until a leader has cut its log behind an index: it waits for its engine, and checks again with a later write. */
  const cutBehind = (leader: number, index: number): Promise<true> =>
    poll('the log to be cut', async () => {
      await put(leader, 1);
      const cuts = cluster.process(leader).stderr.flatMap((line) => /log cut .*"upTo":(\d+)/.exec(line)?.[1] ?? []);
      return cuts.some((cut) => Number(cut) > index) ? true : undefined;
    });

  for (const [leader, away] of [
    [0, 1],
    [1, 0],
    [1, 2],
  ] as const) {
    const [sender, receiver] = [ENGINES[leader], ENGINES[away]];
    it(`bring a member with ${receiver} up to date by a snapshot of a leader with ${sender}`, async () => {
      await makeLeader(leader);
      const { raftIndex } = expectOk(await cluster.client(away).status());
      await cluster.kill9(away);
      await growLog(leader);
      await put(leader, 60);
      await cutBehind(leader, clampInteger(raftIndex));
      const before = pointer(away);
      await cluster.restart(away);
      await expectSameData(cluster);
      // A snapshot is installed as another generation.
      expect(pointer(away)).not.to.equal(before);
      // It is the state with which the member starts again.
      await cluster.kill9(away);
      await cluster.restart(away);
      await expectSameData(cluster);
    });
  }
});
