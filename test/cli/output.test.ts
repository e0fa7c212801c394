import { expect } from 'chai';
import { LoneMember } from '../server/lone-member.js';
import { runCommand, runCommandWith } from './run-command.js';
import { endpointOf } from '../server/lone-member.js';

/** etcdctl has -w fields; raftkv refused it. The lines below are those of etcdctl 3.5 for the same calls. */
describe('-w fields prints the lines of etcdctl', function () {
  this.timeout(300_000);
  let lone: LoneMember;
  before(async () => (lone = await LoneMember.start()));
  after(() => lone.dispose());

  const raftkv = async (args: readonly string[], input = '') =>
    await runCommand(['--endpoints', endpointOf(lone.member), ...args, '-w', 'fields'], input);

  /** The lines after the header, which is checked here. */
  async function fieldsOf(args: readonly string[], input?: string): Promise<readonly string[]> {
    const { code, stdout, stderr } = await raftkv(args, input);
    expect([code, stderr]).to.deep.equal([0, '']);
    const [cluster, member, revision, term, ...rest] = stdout.split('\n').slice(0, -1);
    expect(cluster).to.equal(`"ClusterID" : ${lone.wireIds.cluster}`);
    expect(member).to.equal(`"MemberID" : ${lone.wireIds.member}`);
    expect(revision).to.match(/^"Revision" : \d+$/);
    expect(term).to.match(/^"RaftTerm" : \d+$/);
    return rest;
  }

  const keyValue = (prefix: string, revisions: readonly number[], texts: readonly string[]): readonly string[] => [
    `"${prefix}Key" : ${texts[0]}`,
    `"${prefix}CreateRevision" : ${revisions[0]}`,
    `"${prefix}ModRevision" : ${revisions[1]}`,
    `"${prefix}Version" : ${revisions[2]}`,
    `"${prefix}Value" : ${texts[1]}`,
    `"${prefix}Lease" : 0`,
  ];

  it('for put, get, del and txn', async () => {
    expect(await fieldsOf(['put', 'a', 'one'])).to.deep.equal([]);
    expect(await fieldsOf(['put', 'a', '2"\n', '--prev-kv'])).to.deep.equal(
      keyValue('Prev', [2, 2, 1], ['"a"', '"one"']),
    );
    const second = keyValue('', [2, 3, 2], ['"a"', '"2\\"\\n"']);
    expect(await fieldsOf(['get', 'a'])).to.deep.equal([...second, '"More" : false', '"Count" : 1']);
    expect(await fieldsOf(['get', '', '--prefix', '--count-only'])).to.deep.equal(['"More" : false', '"Count" : 1']);
    const inner = ['"ClusterID" : 0', '"MemberID" : 0', '"Revision" : 4', '"RaftTerm" : 0'];
    expect(await fieldsOf(['txn'], '\nput b 1\nget a\ndel none\n\n\n')).to.deep.equal([
      '"Succeeded" : true',
      ...inner,
      ...[...inner, ...second, '"More" : false', '"Count" : 1'],
      ...[...inner, '"Deleted" : 0'],
    ]);
    expect(await fieldsOf(['del', 'b', '--prev-kv'])).to.deep.equal([
      '"Deleted" : 1',
      ...keyValue('Prev', [4, 4, 1], ['"b"', '"1"']),
    ]);
  });

  it('for leases', async () => {
    const [id = '', ttl] = await fieldsOf(['lease', 'grant', '100']);
    expect([id, ttl]).to.deep.equal([id, '"TTL" : 100']);
    const hex = BigInt(id.replace('"ID" : ', '')).toString(16);
    expect(await fieldsOf(['put', 'leased', 'x', '--lease', hex])).to.deep.equal([]);
    const [, left, granted, key] = await fieldsOf(['lease', 'timetolive', hex, '--keys']);
    expect(left).to.match(/^"TTL" : \d+$/);
    expect([granted, key]).to.deep.equal(['"GrantedTTL" : 100', '"Key" : "leased"']);
    expect(await fieldsOf(['lease', 'keep-alive', hex, '--once'])).to.deep.equal([id, '"TTL" : 100']);
    expect(await fieldsOf(['lease', 'list'])).to.deep.equal([id]);
    expect(await fieldsOf(['lease', 'revoke', hex])).to.deep.equal([]);
    expect(await fieldsOf(['lease', 'timetolive', hex])).to.deep.equal([id, '"TTL" : -1', '"GrantedTTL" : 0']);
  });

  it('for members, endpoints and alarms', async () => {
    const endpoint = endpointOf(lone.member);
    const list = await fieldsOf(['member', 'list']);
    expect([list[0], list[1], list.at(-2), list.at(-1)]).to.deep.equal([
      `"ID" : ${lone.wireIds.member}`,
      `"Name" : "${lone.member.name}"`,
      '"IsLearner" : false',
      '',
    ]);
    const names = (await fieldsOf(['endpoint', 'status'])).map((line) => line.split(' : ')[0]);
    const expected = 'Version DBSize Leader IsLearner RaftIndex RaftTerm RaftAppliedIndex Errors Endpoint'.split(' ');
    expect(names).to.deep.equal([...expected.map((name) => `"${name}"`), '']);
    const [at, hash, end] = await fieldsOf(['endpoint', 'hashkv']);
    expect([at, end]).to.deep.equal([`"Endpoint" : "${endpoint}"`, '']);
    expect(hash).to.match(/^"Hash" : \d+$/);
    const { stdout } = await raftkv(['endpoint', 'health']);
    expect(stdout).to.match(/^"Endpoint" : "127.*"\n"Health" : true\n"Took" : [\d.]+ms\n"Error" : \n\n$/);
    expect(await fieldsOf(['alarm', 'list'])).to.deep.equal([]);
  });

  it('for a watch', async () => {
    await raftkv(['put', 'w', '1']);
    await raftkv(['del', 'w']);
    const { startCommand } = await import('./run-command.js');
    const watching = startCommand([
      ...[
        '--endpoints',
        endpointOf(lone.member),
        'watch',
        'w',
        '--rev',
        '1',
        '--prev-kv',
        '-w',
        'fields',
        '--',
        'true',
      ],
    ]);
    const { poll } = await import('../support/poll.js');
    await poll('the deletion', () => watching.printed().includes('DELETE') || undefined);
    watching.interrupt();
    await watching.finished;
    const kinds = watching.printed().match(/^"(?:Type|Key|PrevKey|Version)" : .*$/gm);
    expect(kinds).to.deep.equal([
      ...['"Type" : PUT', '"Key" : "w"', '"Version" : 1'],
      ...['"Type" : DELETE', '"PrevKey" : "w"', '"Key" : "w"', '"Version" : 0'],
    ]);
  });
});

describe('the output of raftkv', function () {
  this.timeout(300_000);
  let lone: LoneMember;
  before(async () => (lone = await LoneMember.start()));
  after(() => lone.dispose());

  const raftkv = async (...args: readonly string[]) =>
    await runCommand(['--endpoints', endpointOf(lone.member), ...args]);

  it('of version exists in every format', async () => {
    expect(JSON.parse((await runCommand(['version', '-w', 'json'])).stdout)).to.have.all.keys('raftkv', 'api');
    expect((await runCommand(['version', '-w', 'fields'])).stdout).to.match(/^"RaftkvVersion" : "/);
    expect((await runCommand(['version', '-w', 'table'])).stdout).to.contain('API VERSION');
  });

  it('of member list -w table has the alignment of etcdctl', async () => {
    const lines = (await raftkv('member', 'list', '-w', 'table')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.charAt(0))).to.deep.equal(['┌', '│', '├', '│', '└']);
    expect(lines[1]).to.match(/^│ {8}ID {8}│ STATUS  │/);
    expect(lines[3]).to.match(/ │ {6}false │$/);
    const empty = (await raftkv('alarm', 'list', '-w', 'table')).stdout.trimEnd().split('\n');
    expect(empty.map((line) => line.charAt(0))).to.deep.equal(['┌', '│', '└']);
  });

  it('of member list has hex ids in JSON with --hex, as in etcdctl', async () => {
    const { stdout } = await raftkv('member', 'list', '-w', 'json', '--hex');
    const { header, members } = JSON.parse(stdout) as { header: { member_id: string }; members: { ID: string }[] };
    expect([header.member_id, members[0]?.ID]).to.deep.equal([lone.member.id, lone.member.id]);
  });

  /** `get KEY --count-only` requested a single key, which has no count, and printed 0. */
  it('of get --count-only counts a single key', async () => {
    await raftkv('put', 'counted', '1');
    expect((await raftkv('get', 'counted', '--count-only')).stdout).to.equal('1\n');
    expect((await raftkv('get', 'none', '--count-only')).stdout).to.equal('0\n');
  });

  /** A member that answered "compacted" was reported as not answering. */
  it('of hashkv says that a member refused, not that it did not answer', async () => {
    for (const value of ['1', '2', '3']) await raftkv('put', 'hashed', value);
    const { stdout: json } = await raftkv('get', 'hashed', '-w', 'json');
    const { revision } = (JSON.parse(json) as { header: { revision: number } }).header;
    await raftkv('compact', String(revision));
    const { code, stdout, stderr } = await raftkv('hashkv', '--rev', String(revision - 1));
    expect([code, stderr]).to.deep.equal([1, 'raftkv: 1 member of 1 refused the call\n']);
    expect(stdout).to.contain('required revision has been compacted');
  });

  /** A cluster that rejects every write was reported as healthy. */
  it('of endpoint health reports a raised alarm, in every format', async () => {
    const endpoint = endpointOf(lone.member);
    const { Client } = await import('../../src/client/index.js');
    await using client = new Client({ endpoints: [endpoint] });
    await client.raiseAlarm({ memberId: lone.member.id, kind: 'nospace' });
    const health = await raftkv('endpoint', 'health');
    const line = `${endpoint} is unhealthy: failed to commit proposal: Active Alarm(s): NOSPACE\n`;
    expect(health).to.include({ code: 1, stdout: line, stderr: 'raftkv: unhealthy cluster\n' });
    expect((await raftkv('endpoint', 'health', '-w', 'json')).stdout).to.match(
      /"health":false,"took":"[\d.]+ms","error":"Active Alarm\(s\): NOSPACE"\}\]\n$/,
    );
    expect((await raftkv('endpoint', 'health', '-w', 'table')).stdout).to.contain('Active Alarm(s): NOSPACE');
    await raftkv('alarm', 'disarm');
    expect((await raftkv('endpoint', 'health')).code).to.equal(0);
  });

  it('of txn prints the parts that the flags of a get ask for', async () => {
    await raftkv('put', 't', 'text');
    const input = '\nget t --print-value-only\nget t --keys-only\nget t --count-only\nget t --order=DESCEND\n\n\n';
    const { stdout } = await runCommand(['--endpoints', endpointOf(lone.member), 'txn'], input);
    expect(stdout).to.equal('SUCCESS\n\ntext\n\nt\n\n1\n\nt\ntext\n');
  });

  it('has a line for each attempt of a call with --debug', async () => {
    const endpoint = endpointOf(lone.member);
    const { code, stdout, stderr } = await raftkv('get', 'none', '--debug', '--endpoints', `127.0.0.1:1,${endpoint}`);
    expect([code, stdout]).to.deep.equal([0, '']);
    const [refused, answered, ...rest] = stderr.split('\n');
    expect(refused).to.match(
      /^debug: \/etcdserverpb\.KV\/Range at 127\.0\.0\.1:1 took [\d.]+ms: .*connection refused$/,
    );
    expect(answered).to.match(new RegExp(`^debug: /etcdserverpb\\.KV/Range at ${endpoint} took [\\d.]+ms: ok$`));
    expect(rest).to.deep.equal(['']);
  });

  it('names every endpoint that --dial-timeout gave up on', async () => {
    const dead = '127.0.0.1:1,127.0.0.1:2';
    for (const args of [
      ['get', 'a'],
      ['watch', 'a'],
      ['elect', 'e', 'v'],
      ['elect', 'e', '--listen'],
    ]) {
      const limits = ['--dial-timeout', '200ms', '--command-timeout', '10m'];
      const { code, stderr } = await runCommand([...args, '--endpoints', dead, ...limits]);
      expect(code, args.join(' ')).to.equal(1);
      expect(stderr, args.join(' ')).to.match(/^raftkv: no member can be reached at 127\.0\.0\.1:1, 127\.0\.0\.1:2 /);
    }
  });

  it('ends at --command-timeout, and at its older name --timeout', async () => {
    const { FakeEtcd } = await import('../support/fake-etcd.js');
    const fake = await FakeEtcd.start();
    fake.script = () => ({ kind: 'hang' });
    try {
      for (const flag of ['--command-timeout', '--timeout']) {
        const { code, stderr } = await runCommand(['get', 'a', '--endpoints', fake.endpoint, flag, '100ms']);
        expect([code, stderr.includes('in time')], stderr).to.deep.equal([1, true]);
      }
    } finally {
      fake.stop();
    }
  });

  it('goes to the endpoints of the environment, raftkv’s variable before that of etcdctl', async () => {
    const endpoint = endpointOf(lone.member);
    for (const variables of [
      { RAFTKV_ENDPOINTS: endpoint },
      { ETCDCTL_ENDPOINTS: endpoint },
      { RAFTKV_ENDPOINTS: endpoint, ETCDCTL_ENDPOINTS: '127.0.0.1:1' },
    ]) {
      const { code, stderr } = await runCommandWith(variables, ['put', 'e', '1']);
      expect([code, stderr]).to.deep.equal([0, '']);
    }
    const found = await runCommandWith({ RAFTKV_ENDPOINTS: endpoint, ETCDCTL_WRITE_OUT: 'json' }, ['get', 'e']);
    expect(found.stdout).to.match(/^\{"header":/);
    const { code, stderr } = await runCommandWith({ RAFTKV_WRITE_OUT: 'yaml' }, ['get', 'e']);
    expect([code, stderr]).to.deep.equal([
      1,
      'raftkv: RAFTKV_WRITE_OUT=yaml is invalid. Allowed choices are simple, json, table, fields.\n',
    ]);
  });
});
