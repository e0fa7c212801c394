import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { peerUrl, serveArguments, type Member } from '../../cluster/members.js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { EtcdClient, expectOk, revisionOf } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { freePorts, RAFTKV, ServerProcess } from '../support/server-process.js';
import { memoryOf, MemoryWatch } from './memory.js';
import { load, Writers } from './writers.js';

// `make bench-join`: cost of bringing a member up to date under load: first a new learner, by a snapshot of KEYS keys
// (2,000,000); then a follower that was down for WRITES writes (100,000).

const KEYS = Number(process.env['KEYS'] ?? 2_000_000);
const WRITES = Number(process.env['WRITES'] ?? 100_000);
const LIMIT_MS = 600_000;
const PHASE_MS = 5_000;

// Small, so that a load of any size cuts the log: 128 keys are one entry.
const snapshotCount = Math.max(50, Math.round(KEYS / 128 / 4));
const cluster = await ProcessCluster.start({
  flags: ['--snapshot-count', String(snapshotCount), '--snapshot-catchup-entries', '50', '--wal-flush-bytes', '0'],
});
try {
  const leader = await cluster.leader();
  const client = cluster.client(leader);
  const loading = performance.now();
  await load(client, KEYS);
  say(`loaded ${KEYS} keys of 256 bytes in ${((performance.now() - loading) / 1000).toFixed(0)} s`);
  const writers = new Writers(client, { loops: 16, keys: 1000 });
  report('before', await writers.during(() => delay(PHASE_MS)));
  await joinOne(leader, writers);
  report('after', await writers.during(() => delay(PHASE_MS)));
  await comeBack(leader, writers);
  await writers.stop();
} finally {
  await cluster.dispose();
}

/** Measures a new member from its start until it has the value that was written when it was added. */
async function joinOne(leader: number, writers: Writers): Promise<void> {
  const [clientPort, peerPort] = await freePorts(2);
  const newcomer: Member = { name: 'n9', clientPort: defined(clientPort, 'port'), peerPort: defined(peerPort, 'port') };
  const codecs = { request: etcdserverpb.MemberAddRequest, response: etcdserverpb.MemberAddResponse };
  const request = { peerURLs: [peerUrl(newcomer)], isLearner: true };
  expectOk(await cluster.client(leader).call('/etcdserverpb.Cluster/MemberAdd', codecs, request));
  const revision = revisionOf(expectOk(await cluster.client(leader).put('added', 'now')));
  const args = serveArguments({
    member: newcomer,
    members: [newcomer, ...cluster.members],
    dataDir: join(cluster.folder, newcomer.name),
    token: cluster.folder,
  }).map((arg) => (arg === 'new' ? 'existing' : arg));
  const leaderPid = cluster.process(leader).pid;
  await delay(1000);
  const leaderIdle = memoryOf(leaderPid);
  const leaderWatch = new MemoryWatch(leaderPid);
  const server = new ServerProcess([...RAFTKV, ...args], cluster.folder);
  const own = new EtcdClient(`127.0.0.1:${newcomer.clientPort}`);
  try {
    const idle = await poll('the newcomer to run', async () => {
      const answer = await own.status({ timeoutMs: 500 });
      return answer.kind === 'ok' ? memoryOf(server.pid) : undefined;
    });
    const watch = new MemoryWatch(server.pid);
    const during = await writers.during(() =>
      poll(
        'the newcomer to have the data',
        async () => {
          const answer = await own.get('added', { level: 'stale', timeoutMs: 2000 });
          return answer.kind === 'ok' && revisionOf(answer.response) >= revision ? true : undefined;
        },
        LIMIT_MS,
      ),
    );
    const how = server.log(200).includes('restored a snapshot') ? 'by a snapshot' : 'by the log';
    report(`while a newcomer joins ${how}`, during);
    for (const [who, before, after] of [
      ['leader', leaderIdle, leaderWatch.stop()],
      ['newcomer', idle, watch.stop()],
    ] as const) {
      const grown = (kind: 'anonymous' | 'resident'): string =>
        `${before[kind].toFixed(0)} → ${after[kind].toFixed(0)} MB (+${(after[kind] - before[kind]).toFixed(0)})`;
      say(`memory of the ${who}: own ${grown('anonymous')}; with mapped files ${grown('resident')}`);
    }
  } finally {
    own.close();
    await server.kill();
  }
  const codecsRemove = { request: etcdserverpb.MemberRemoveRequest, response: etcdserverpb.MemberRemoveResponse };
  const listed = { request: etcdserverpb.MemberListRequest, response: etcdserverpb.MemberListResponse };
  const { members } = expectOk(await cluster.client(leader).call('/etcdserverpb.Cluster/MemberList', listed, {}));
  const id = defined(members.find(({ isLearner }) => isLearner === true)?.ID, 'the learner');
  expectOk(await cluster.client(leader).call('/etcdserverpb.Cluster/MemberRemove', codecsRemove, { ID: id }));
}

/** Measures a follower that was down for many writes, from its start until it has caught up with the leader. */
async function comeBack(leader: number, writers: Writers): Promise<void> {
  const away = defined(cluster.others(leader)[0], 'a follower');
  await cluster.kill9(away);
  const before = writers.count;
  report(
    `while a follower is down for ${WRITES} writes`,
    await writers.during(() => poll('the writes', () => writers.count - before >= WRITES || undefined, LIMIT_MS)),
  );
  cluster.spawn(away);
  const behind = async (): Promise<number> => {
    const answers = await Promise.all([leader, away].map((index) => cluster.client(index).status({ timeoutMs: 2000 })));
    const [one, other] = answers.map((answer) => (answer.kind === 'ok' ? Number(answer.response.raftAppliedIndex) : 0));
    return (one ?? 0) - (other ?? 0);
  };
  const caughtUp = async (): Promise<true | undefined> => ((await behind()) < 1000 ? true : undefined);
  report('until it is level again', await writers.during(() => poll('it to be level', caughtUp, LIMIT_MS)));
  const log = cluster.process(away).log(200);
  say(log.includes('restored a snapshot') ? 'it came back by a snapshot' : 'it came back by the log');
}

function report(
  what: string,
  { seconds, rate, slowestMs }: { seconds: number; rate: number; slowestMs: number },
): void {
  say(`${what}: ${seconds.toFixed(1)} s, ${rate.toFixed(0)} writes a second, the slowest ${slowestMs.toFixed(0)} ms`);
}

function say(line: string): void {
  console.log(line);
}
