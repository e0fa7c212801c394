import { expect } from 'chai';
import { Client } from '../../src/client/index.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { poll } from '../support/poll.js';
import { startCommand, type Finished, type Started } from './run-command.js';

describe('raftkv lock and elect', () => {
  let lone: LoneMember;
  let client: Client;
  let names = 0;
  let name: string;

  before(async () => {
    lone = await LoneMember.start();
    client = new Client({ endpoints: [endpointOf(lone.member)] });
  });

  beforeEach(() => {
    name = `name-${++names}`;
  });

  after(async () => {
    await client.close();
    await lone.dispose();
  });

  afterEach('nothing is left', async () => {
    expect((await client.leaseList()).ids).to.deep.equal([]);
  });

  const raftkv = async (...args: readonly string[]): Promise<Finished> => await start(...args).finished;

  const start = (...args: readonly string[]): Started =>
    startCommand(['--endpoints', endpointOf(lone.member), ...args]);
  const printed = async (running: Started, text: string): Promise<unknown> =>
    await poll(text, () => (running.printed().includes(text) ? true : undefined));

  const queue = async (count: number): Promise<string[]> =>
    await poll(`${count} in the queue`, async () => {
      const { kvs } = await client.range({ prefix: `${name}/` }, { sort: { by: 'create' } });
      return kvs.length === count ? kvs.map((kv) => kv.keyText()) : undefined;
    });

  describe('lock', () => {
    it('runs a command while it holds the lock, and exits with its code', async () => {
      const show = 'echo $RAFTKV_LOCK_KEY $RAFTKV_LOCK_REV $ETCD_LOCK_KEY $ETCD_LOCK_REV; echo oops >&2; exit 7';
      const { code, stdout, stderr } = await raftkv('lock', name, '--', 'sh', '-c', show);
      expect([code, stderr]).to.deep.equal([7, 'oops\n']);
      const [key, revision, ...same] = stdout.trim().split(' ');
      expect(key).to.match(new RegExp(`^${name}/[0-9a-f]+$`));
      expect(Number(revision)).to.be.above(1);
      expect(same).to.deep.equal([key, revision]);
      expect(await raftkv('lock', name, 'true')).to.include({ code: 0, stdout: '', stderr: '' });
    });

    it('reports a command that cannot be started, and releases the lock', async () => {
      const { code, stderr } = await raftkv('lock', name, './no-such-program');
      expect([code, stderr]).to.deep.equal([1, 'raftkv: ./no-such-program: executable file not found\n']);
    });

    it('prints the key, and holds the lock until Ctrl-C', async () => {
      const first = start('lock', name, '--ttl', '60');
      const [key = ''] = await queue(1);
      await printed(first, key);
      const second = start('lock', name, '-w', 'json');
      await queue(2);
      expect(second.printed()).to.equal('');
      first.interrupt();
      expect(await first.finished).to.include({ code: 0, stdout: `${key}\n\n`, stderr: '' });
      const [next = ''] = await queue(1);
      await printed(second, Buffer.from(next).toString('base64'));
      second.interrupt();
      expect((await second.finished).code).to.equal(0);
    });

    it('can be interrupted while it waits, and leaves no key in the queue', async () => {
      await using held = await client.lock(name);
      const waiting = start('lock', name);
      await queue(2);
      waiting.interrupt();
      expect(await waiting.finished).to.include({
        code: 1,
        stdout: '',
        stderr: 'raftkv: interrupted before the lock was acquired\n',
      });
      expect(await queue(1)).to.deep.equal([held.key.toString()]);
    });

    it('ends the command when the lock is lost', async () => {
      const running = start('lock', name, '--ttl', '2', '--', 'sh', '-c', 'echo runs; exec sleep 60');
      await printed(running, 'runs');
      const [id = 0n] = (await client.leaseList()).ids;
      await client.leaseRevoke(id);
      const { code, stderr } = await running.finished;
      expect(code).to.equal(1);
      expect(stderr).to.match(/^raftkv: lease [0-9a-f]{16} is lost: it has expired or was revoked\n$/);
    });

    it('ends with the exit code of the command if the lock cannot be released', async () => {
      // The cluster was down when a long job ended, and the job's exit code was lost.
      const away = await LoneMember.start();
      const show = 'echo runs; sleep 0.3; exit 7';
      const running = startCommand(['--endpoints', endpointOf(away.member), 'lock', name, '--', 'sh', '-c', show]);
      await printed(running, 'runs');
      await away.dispose();
      const { code, stderr } = await running.finished;
      expect(code).to.equal(7);
      expect(stderr).to.match(/^raftkv: the lock is released only when its lease ends: .*connection refused\n$/);
    });

    it('ends the command on Ctrl-C', async () => {
      const running = start('lock', name, '--', 'sh', '-c', 'echo runs; exec sleep 60');
      await printed(running, 'runs');
      running.interrupt();
      expect((await running.finished).code).to.equal(128 + 15);
    });
  });

  describe('elect', () => {
    it('leads until Ctrl-C, and is followed', async () => {
      const listening = start('elect', name, '--listen');
      const first = start('elect', name, 'one');
      const [one = ''] = await queue(1);
      await printed(first, one);
      await printed(listening, one);
      const second = start('elect', name, 'two');
      const [, two = ''] = await queue(2);
      expect(second.printed()).to.equal('');
      first.interrupt();
      expect(await first.finished).to.include({ code: 0, stdout: `${one}\none\n`, stderr: '' });
      await printed(second, `${two}\ntwo\n`);
      await printed(listening, two);
      second.interrupt();
      expect((await second.finished).code).to.equal(0);
      listening.interrupt();
      expect(await listening.finished).to.include({ code: 0, stdout: `${one}\none\n${two}\ntwo\n`, stderr: '' });
    });

    it('refuses ambiguous command lines', async () => {
      expect(await raftkv('elect', name)).to.include({
        code: 1,
        stderr: 'raftkv: expected a value, or --listen to follow the election\n',
      });
      expect(await raftkv('elect', name, 'x', '-l')).to.include({
        code: 1,
        stderr: 'raftkv: --listen takes no value\n',
      });
    });
  });
});
