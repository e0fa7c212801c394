import { expect } from 'chai';
import { Client } from '../../src/client/index.js';
import { verdict } from '../../src/cli/commands/check/load.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { expectOk } from '../support/etcd-client.js';
import { runCommand } from './run-command.js';

describe('the commands for maintenance', () => {
  let lone: LoneMember;
  let endpoint: string;

  before(async () => {
    lone = await LoneMember.start();
    endpoint = endpointOf(lone.member);
    for (const value of ['1', '2', '3', '4']) expectOk(await lone.client.put('key', value));
  });

  after(() => lone.dispose());

  const raftkv = (...args: readonly string[]) => runCommand(['--endpoints', endpoint, ...args]);

  async function outputOf(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await raftkv(...args);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  }

  it('compact under both names, and report a compacted revision', async () => {
    expect(await outputOf('compact', '3')).to.equal('compacted revision 3\n');
    expect(await outputOf('compaction', '4', '--physical')).to.equal('compacted revision 4\n');
    const { code, stderr } = await raftkv('compact', '4');
    expect(code).to.equal(1);
    expect(stderr).to.match(/^raftkv: .*required revision has been compacted\n$/);
    expect((await raftkv('compact', 'now')).stderr).to.match(/whole number/);
  });

  it('list and clear alarms', async () => {
    expect(await outputOf('alarm', 'list')).to.equal('');
    await using client = new Client({ endpoints: [endpoint] });
    const alarm = { memberId: lone.member.id, kind: 'nospace' } as const;
    await client.raiseAlarm(alarm);
    expect(await client.alarms()).to.deep.equal([alarm]);
    const line = `memberID:${lone.member.id} alarm:NOSPACE \n`;
    expect(await outputOf('alarm', 'list')).to.equal(line);
    expect(await outputOf('alarm', 'list', '-w', 'json')).to.match(
      new RegExp(`^\\{"header":\\{.*\\},"alarms":\\[\\{"memberID":${lone.wireIds.member},"alarm":1\\}\\]\\}\n$`),
    );
    expect(await outputOf('alarm', 'list', '-w', 'table')).to.contain(lone.member.id);
    expect((await raftkv('put', 'a', 'b')).stderr).to.match(/database space exceeded/);
    expect((await client.status()).errors).to.deep.equal([`memberID:${lone.wireIds.member} alarm:NOSPACE `]);
    expect(await outputOf('alarm', 'disarm')).to.equal(line);
    expect(await client.disarm(alarm), 'what is not raised').to.deep.equal([]);
    expect(await outputOf('put', 'a', 'b')).to.equal('OK\n');
  });

  it('defragment each member, and report those that failed', async () => {
    expect(await outputOf('defrag')).to.equal(`Finished defragmenting member[${endpoint}]\n`);
    expect(await outputOf('defrag', '--cluster')).to.equal(`Finished defragmenting member[${endpoint}]\n`);
    const { code, stdout, stderr } = await runCommand(['--endpoints', `${endpoint},127.0.0.1:1`, 'defrag']);
    expect(code).to.equal(1);
    expect(stdout).to.equal(`Finished defragmenting member[${endpoint}]\n`);
    expect(stderr).to.match(
      /^Failed to defragment member\[127\.0\.0\.1:1\] .*\nraftkv: 1 member of 2 did not answer\n$/,
    );
  });

  it('hash the data of each member at a revision', async () => {
    const newest = await outputOf('hashkv');
    expect(newest).to.match(new RegExp(`^${endpoint}, \\d+\n$`));
    expect(await outputOf('endpoint', 'hashkv')).to.equal(newest);
    expect(await outputOf('hashkv', '--rev', '4')).not.to.equal(newest);
    expect(await outputOf('hashkv', '--rev', '4', '-w', 'json')).to.match(
      /"hash":\d+,"compact_revision":4,"hash_revision":4}}]\n$/,
    );
    await using client = new Client({ endpoints: [endpoint] });
    expect((await client.hash(endpoint)).hash).to.be.greaterThan(0);
  });

  it('print health and status of endpoints', async () => {
    expect(await outputOf('endpoint', 'health')).to.match(
      new RegExp(`^${endpoint} is healthy: successfully committed proposal: took = [\\d.]+ms\n$`),
    );
    expect(await outputOf('endpoint', 'status')).to.equal(await outputOf('status'));
    const { code, stdout, stderr } = await runCommand(['--endpoints', '127.0.0.1:1', 'endpoint', 'health']);
    expect([code, stderr]).to.deep.equal([1, 'raftkv: unhealthy cluster\n']);
    expect(stdout).to.match(/^127\.0\.0\.1:1 is unhealthy: failed to commit proposal: /);
  });

  it('check the performance, and delete the keys of the check', async () => {
    const { code, stdout } = await raftkv('check', 'perf', '--duration', '300ms', '--auto-compact', '--auto-defrag');
    // The verdict depends on the machine.
    const verdicts = stdout.trimEnd().split('\n');
    expect(verdicts).to.have.length(4);
    expect(code === 0).to.equal(verdicts.at(-1) === 'PASS');
    expect(verdicts[0]).to.match(/^(PASS: Throughput is|FAIL: Throughput too low:) \d+ writes\/s$/);
    expect(await outputOf('get', '/raftkv-check-perf/', '--prefix', '--keys-only')).to.equal('');
    await outputOf('put', '/raftkv-check-perf/mine', 'x');
    expect((await raftkv('check', 'perf')).stderr).to.match(/keys exist under/);
  });

  it('judge a performance check as etcdctl does', () => {
    const fine = {
      seconds: 2,
      tookSeconds: Array.from({ length: 300 }, () => 0.01),
      errors: new Map<string, number>(),
    };
    expect(verdict(fine, 150)).to.deep.equal({
      lines: [
        'PASS: Throughput is 151 writes/s',
        'PASS: Slowest request took 0.010000s',
        'PASS: Stddev is 0.000000s',
        'PASS',
      ],
      passed: true,
    });
    const poor = { seconds: 2, tookSeconds: [0.1, 0.7], errors: new Map([['too many requests', 3]]) };
    expect(verdict(poor, 150).lines).to.deep.equal([
      'FAIL: too many errors',
      'FAIL: ERROR(too many requests) -> 3',
      'FAIL: Throughput too low: 2 writes/s',
      'FAIL: Slowest request took too long: 0.700000s',
      'FAIL: Stddev too high: 0.300000s',
      'FAIL',
    ]);
  });
});
