import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { variableOf } from '../../src/cli/settings/variables.js';
import { resolveConfig } from '../../src/server/settings/config.js';
import { SETTINGS } from '../../src/server/settings/table.js';
import { defined } from '../../src/util/assert.js';
import { FakeEtcd } from '../support/fake-etcd.js';
import { runCommand } from './run-command.js';

const ID = 'fedcba9876543210';
const DECIMAL = BigInt(`0x${ID}`);

describe('raftkv member', () => {
  let fake: FakeEtcd;
  beforeEach(async () => {
    fake = await FakeEtcd.start();
  });
  afterEach(() => fake.stop());

  const raftkv = async (...args: readonly string[]) => await runCommand(['--endpoints', fake.endpoint, ...args]);
  const outputOf = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await raftkv(...args);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  };

  it('add prints the settings that start the new member', async () => {
    fake.store.members.set(9n, { peerURLs: ['http://unstarted:2380'] });
    const output = await outputOf('member', 'add', 'n2', '--peer-urls=http://n2:2380,http://n2:2390');
    const cluster = 'n2=http://n2:2380,n2=http://n2:2390,n1=http://n1:2380';
    expect(output).to.equal(
      `Member ${ID} added to cluster 0000000000000001

RAFTKV_NAME="n2"
RAFTKV_INITIAL_CLUSTER="${cluster}"
RAFTKV_INITIAL_ADVERTISE_PEER_URLS="http://n2:2380,http://n2:2390"
RAFTKV_INITIAL_CLUSTER_STATE="existing"
`,
    );
    const settings = [...output.matchAll(/^(\w+)="(.*)"$/gm)].map(([, variable, value]) => {
      const setting = SETTINGS.find(({ flag }) => variableOf(flag) === variable);
      return [defined(setting, `the setting of ${variable}`).flag, defined(value, 'its value')] as const;
    });
    expect(resolveConfig(Object.fromEntries(settings))).to.deep.include({
      name: 'n2',
      initialCluster: [
        { name: 'n2', peerUrls: ['http://n2:2380', 'http://n2:2390'] },
        { name: 'n1', peerUrls: ['http://n1:2380'] },
      ],
      initialClusterState: 'existing',
    });
  });

  it('list prints the lines of etcdctl', async () => {
    await outputOf('member', 'add', 'n2', '--peer-urls', 'http://n2:2380', '--learner');
    expect(await outputOf('member', 'list')).to.equal(
      `0000000000000002, started, n1, http://n1:2380, http://n1:2379, false
${ID}, unstarted, , http://n2:2380, , true
`,
    );
    const table = await outputOf('member', 'list', '-w', 'table');
    expect(table)
      .to.contain('IS LEARNER')
      .and.to.match(new RegExp(`│ ${ID} +│ unstarted +│ +│ http://n2:2380 `));
  });

  it('prints the JSON of etcdctl', async () => {
    const header = '"header":{"cluster_id":1,"member_id":2,"raft_term":3}';
    const first = '{"ID":2,"name":"n1","peerURLs":["http://n1:2380"],"clientURLs":["http://n1:2379"]}';
    const second = `{"ID":${DECIMAL},"peerURLs":["http://n2:2380"],"isLearner":true}`;
    const json = async (...args: readonly string[]) => await outputOf('member', ...args, '-w', 'json');
    expect(await json('add', 'n2', '--peer-urls', 'http://n2:2380', '--learner')).to.equal(
      `{${header},"member":${second},"members":[${first},${second}]}\n`,
    );
    expect(await json('list')).to.equal(`{${header},"members":[${first},${second}]}\n`);
    expect(await json('remove', ID)).to.equal(`{${header},"members":[${first}]}\n`);
  });

  it('update, promote and remove print the lines of etcdctl', async () => {
    await outputOf('member', 'add', 'n2', '--peer-urls', 'http://n2:2380', '--learner');
    expect(await outputOf('member', 'update', ID, '--peer-urls', 'http://n3:2380')).to.equal(
      `Member ${ID} updated in cluster 0000000000000001\n`,
    );
    expect(await outputOf('member', 'promote', ID)).to.equal(`Member ${ID} promoted in cluster 0000000000000001\n`);
    expect(await outputOf('member', 'list')).to.contain(`${ID}, unstarted, , http://n3:2380, , false\n`);
    const left = await outputOf('member', 'remove', ID, '-w', 'table');
    expect(left).to.contain('http://n1:2380').and.to.not.contain(ID);
  });

  it('move-leader prints the old and the new leader', async () => {
    fake.store.members.set(0xabcn, { name: 'n2' });
    expect(await outputOf('move-leader', 'abc')).to.equal(
      'Leadership transferred from 0000000000000002 to 0000000000000abc\n',
    );
    fake.memberId = 0xabc;
    const json = '{"header":{"cluster_id":1,"member_id":2,"raft_term":3}}\n';
    expect(await outputOf('move-leader', '2', '-w', 'json')).to.equal(json);
    expect(fake.store.leader).to.equal(2);
  });

  it('list --consistency stale asks for a list that is not linearizable', async () => {
    const asked: unknown[] = [];
    fake.store.members.onList = ({ linearizable }) => asked.push(linearizable);
    await outputOf('member', 'list');
    await outputOf('member', 'list', '--consistency', 's');
    expect(asked).to.deep.equal([true, false]);
  });

  it('reports every invalid command line in one line with exit code 1', async () => {
    fake.script = ({ method }) =>
      method === 'MoveLeader'
        ? { kind: 'refuse', code: status.FAILED_PRECONDITION, text: 'etcdserver: bad leader transferee' }
        : undefined;
    const cases = [
      [['member', 'add', 'n2'], "raftkv: required option '--peer-urls <urls>' not specified\n"],
      [['member', 'remove'], "raftkv: missing required argument 'id'\n"],
      [
        ['member', 'remove', 'xyz'],
        "raftkv: command-argument value 'xyz' is invalid for argument 'id'. Expected the id",
      ],
      [['member', 'remove', '12'], `raftkv: ${fake.endpoint}: etcdserver: member not found\n`],
      [['member', 'promote', '2'], `raftkv: ${fake.endpoint}: etcdserver: can only promote a learner member\n`],
      [['member', 'lsit'], "raftkv: unknown command 'lsit' (did you mean list?)\n"],
      [['move-leader', '12'], `raftkv: ${fake.endpoint}: etcdserver: bad leader transferee\n`],
    ] as const;
    for (const [args, beginning] of cases) {
      const { code, stdout, stderr } = await raftkv(...args);
      expect([code, stdout], args.join(' ')).to.deep.equal([1, '']);
      expect(stderr.startsWith(beginning), stderr).to.equal(true);
      expect(stderr.trimEnd().split('\n').length, stderr).to.equal(1);
    }
  });

  it('says what to do where a learner is asked', async () => {
    const learner = 'etcdserver: rpc not supported for learner';
    fake.script = () => ({ kind: 'refuse', code: status.FAILED_PRECONDITION, text: learner });
    for (const args of [
      ['member', 'list'],
      ['get', 'a'],
    ]) {
      const { code, stderr } = await raftkv(...args, '--timeout', '300ms');
      expect([code, stderr], args.join(' ')).to.deep.equal([
        1,
        `raftkv: ${fake.endpoint}: ${learner} ` +
          '(a learner answers only get and member list, with --consistency stale; otherwise ask a voter)\n',
      ]);
    }
    expect(await outputOf('member', 'list', '--help')).to.contain('--consistency stale');
  });

  it('names those that do not answer where a change is refused for want of them', async () => {
    const { members } = fake.store;
    members.set(2n, { name: 'n1', clientURLs: [`http://${fake.endpoint}`] });
    members.set(3n, { name: 'n2', clientURLs: ['http://127.0.0.1:1'] });
    members.set(4n, { peerURLs: ['http://n3:2380'] });
    members.set(5n, { name: 'n4', clientURLs: ['http://127.0.0.1:1'], isLearner: true });
    fake.script = ({ method }) =>
      method === 'MemberAdd' || method === 'MemberRemove'
        ? { kind: 'refuse', code: status.UNAVAILABLE, text: 'etcdserver: unhealthy cluster' }
        : undefined;
    const refusal = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await raftkv('member', ...args, '--timeout', '300ms');
      expect(code).to.equal(1);
      return stderr;
    };
    const beginning = `raftkv: ${fake.endpoint}: etcdserver: unhealthy cluster`;
    const missing = 'n2 does not answer at http://127.0.0.1:1; the member at http://n3:2380 has not been started';
    expect(await refusal('add', 'n5', '--peer-urls', 'http://n5:2380')).to.equal(`${beginning} (${missing})\n`);
    expect(await refusal('remove', '2')).to.equal(`${beginning} (${missing})\n`);
    for (const id of [3, 4]) members.remove(id);
    expect(await refusal('remove', '2')).to.equal(`${beginning}\n`);
  });
});
