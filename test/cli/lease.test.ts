import { expect } from 'chai';
import { FakeLessor } from '../support/fake-lessor.js';
import { poll } from '../support/poll.js';
import { runCommand } from './run-command.js';

const ID = 0x2b80_a212_0855_710bn;
const HEX = '2b80a2120855710b';
const HEADER = '"cluster_id":0,"member_id":0,"revision":7,"raft_term":0';

describe('raftkv lease', () => {
  let fake: FakeLessor;

  beforeEach(async () => {
    fake = await FakeLessor.start();
    fake.leases.lastId = ID - 1n;
  });

  afterEach(() => fake.stop());

  const raftkv = async (...args: readonly string[]) => await runCommand(['--endpoints', fake.endpoint, ...args]);
  const outputOf = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await raftkv(...args);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  };

  it('grant prints the id and the TTL', async () => {
    expect(await outputOf('lease', 'grant', '100')).to.equal(`lease ${HEX} granted with TTL(100s)\n`);
    expect(await outputOf('lease', 'grant', '5', '-w', 'json')).to.equal(
      `{${HEADER},"ID":${ID + 1n},"TTL":5,"Error":""}\n`,
    );
    expect(await outputOf('lease', 'grant', '5', '-w', 'table')).to.include('2b80a2120855710d');
  });

  it('prints all 16 digits of an id', async () => {
    fake.leases.lastId = 0xabn;
    expect(await outputOf('lease', 'grant', '1')).to.equal('lease 00000000000000ac granted with TTL(1s)\n');
    fake.leases.lastId = -2n;
    expect(await outputOf('lease', 'grant', '1')).to.equal('lease ffffffffffffffff granted with TTL(1s)\n');
    expect(await outputOf('lease', 'revoke', 'ffffffffffffffff')).to.equal('lease ffffffffffffffff revoked\n');
  });

  it('list prints all ids', async () => {
    expect(await outputOf('lease', 'list')).to.equal('found 0 leases\n');
    for (const id of [ID, 1n]) fake.leases.ttls.set(id, 10);
    expect(await outputOf('lease', 'list')).to.equal(`found 2 leases\n${HEX}\n0000000000000001\n`);
    expect(await outputOf('lease', 'list', '-w', 'json')).to.include(`"leases":[{"id":${ID}},{"id":1}]`);
  });

  it('timetolive prints the remaining TTL', async () => {
    fake.leases.ttls.set(ID, 100);
    expect(await outputOf('lease', 'timetolive', HEX)).to.equal(
      `lease ${HEX} granted with TTL(100s), remaining(99s)\n`,
    );
    expect(await outputOf('lease', 'timetolive', HEX, '--keys')).to.equal(
      `lease ${HEX} granted with TTL(100s), remaining(99s), attached keys([a b])\n`,
    );
    expect(await outputOf('lease', 'timetolive', HEX, '--keys', '-w', 'json')).to.include(
      `"id":${ID},"ttl":99,"granted-ttl":100,"keys":["YQ==","Yg=="]`,
    );
    expect(await outputOf('lease', 'timetolive', HEX, '-w', 'json')).to.include('"keys":null');
    expect(await outputOf('lease', 'timetolive', '123')).to.equal('lease 0000000000000123 already expired\n');
  });

  it('revoke deletes the lease', async () => {
    fake.leases.ttls.set(ID, 100);
    expect(await outputOf('lease', 'revoke', HEX)).to.equal(`lease ${HEX} revoked\n`);
    const { code, stderr } = await raftkv('lease', 'revoke', HEX);
    expect(code).to.equal(1);
    expect(stderr).to.match(/requested lease not found\n$/);
  });

  it('keep-alive --once renews a lease once', async () => {
    fake.leases.ttls.set(ID, 100);
    expect(await outputOf('lease', 'keep-alive', '--once', HEX)).to.equal(`lease ${HEX} keepalived with TTL(100)\n`);
    const { code, stderr } = await raftkv('lease', 'keep-alive', '--once', '123');
    expect([code, stderr]).to.deep.equal([1, 'raftkv: lease 0000000000000123 does not exist\n']);
  });

  it('keep-alive renews a lease until it is lost', async () => {
    fake.leases.ttls.set(ID, 2);
    const output = outputOf('lease', 'keep-alive', HEX);
    await poll('renewals', () => fake.seen.length >= 3 || undefined);
    fake.leases.ttls.delete(ID);
    const lines = (await output).trimEnd().split('\n');
    expect(lines.pop()).to.equal(`lease ${HEX} expired or revoked.`);
    expect(lines.length).to.be.at.least(3);
    expect(new Set(lines)).to.deep.equal(new Set([`lease ${HEX} keepalived with TTL(2)`]));
    expect(await outputOf('lease', 'keep-alive', '7')).to.equal('lease 0000000000000007 expired or revoked.\n');
    expect(await outputOf('lease', 'keep-alive', '7', '-w', 'json')).to.equal('');
  });

  it('keep-alive ends at Ctrl-C without revoking the lease', async () => {
    fake.leases.ttls.set(ID, 2);
    let interrupt: () => void = () => undefined;
    const args = ['--endpoints', fake.endpoint, 'lease', 'keep-alive', HEX];
    const finished = runCommand(args, '', (callback) => (interrupt = callback));
    await poll('renewals', () => fake.seen.length >= 2 || undefined);
    interrupt();
    expect((await finished).code).to.equal(0);
    expect(fake.leases.ttls.has(ID)).to.equal(true);
  });

  it('keep-alive fails if no member renews the lease in time', async () => {
    fake.leases.ttls.set(ID, 1);
    const finished = raftkv('lease', 'keep-alive', HEX);
    await poll('a renewal', () => fake.seen.length >= 2 || undefined);
    fake.manner = () => 'silence';
    const { code, stderr } = await finished;
    expect(code).to.equal(1);
    expect(stderr).to.match(/^raftkv: lease 2b80a2120855710b is lost: no renewal succeeded for 1 s/);
  });

  it('rejects an invalid id and an invalid TTL', async () => {
    for (const args of [
      ['grant', 'abc'],
      ['grant', '-5'],
      ['grant'],
      ['revoke', 'zz'],
      ['timetolive', '1'.repeat(17)],
      ['keep-alive'],
    ]) {
      const { code, stderr } = await raftkv('lease', ...args);
      expect(code, args.join(' ')).to.equal(1);
      expect(stderr.split('\n').length, stderr).to.equal(2);
    }
    expect(fake.calls).to.deep.equal([]);
  });
});
