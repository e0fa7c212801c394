import { expect } from 'chai';
import { Client } from '../../src/client/index.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { poll } from '../support/poll.js';
import { startCommand, type Finished, type Started } from './run-command.js';

describe('raftkv feed', () => {
  let lone: LoneMember;
  let client: Client;

  before(async () => {
    lone = await LoneMember.start();
    client = new Client({ endpoints: [endpointOf(lone.member)] });
  });

  after(async () => {
    await client.close();
    await lone.dispose();
  });

  const start = (...args: readonly string[]): Started =>
    startCommand(['--endpoints', endpointOf(lone.member), 'feed', ...args]);
  const raftkv = async (...args: readonly string[]): Promise<Finished> => await start(...args).finished;
  const outputOf = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await raftkv(...args);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  };

  it('makes, shows, resets and deletes feeds', async () => {
    const created = await outputOf('create', 'billing', '--prefix', 'orders/', '--retain', '100');
    const shown =
      /^billing, \[orders\/, orders0\), 0 behind, ok, 0 workers\n {2}partition 0: cursor 1, epoch (\d+), -\n$/;
    expect(created).to.match(shown);
    const epoch = Number(shown.exec(created)?.[1]);
    await client.put('orders/1', '20');
    expect(await outputOf('list')).to.equal('billing, [orders/, orders0), 1 behind, ok, 0 workers\n');
    expect(await outputOf('list', '-w', 'table')).to.match(/│ billing │ \[orders\/, orders0\) │ +1 │ +ok │ +0 │/);
    expect(JSON.parse(await outputOf('status', 'billing', '-w', 'json'))).to.deep.include({
      name: 'billing',
      key: Buffer.from('orders/').toString('base64'),
      range_end: Buffer.from('orders0').toString('base64'),
      prev_kv: false,
      lag: 1,
      retain_revisions: 100,
      partitions: [{ cursor: 1, epoch }],
    });
    expect(await outputOf('reset', 'billing', '--from', 'now')).to.include(`cursor 2, epoch ${epoch + 1}`);
    expect(await outputOf('delete', 'billing')).to.equal('feed billing deleted\n');
    const missing = await raftkv('status', 'billing');
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.include('there is no such feed');
  });

  it('refuses options that make no sense', async () => {
    const soon = await raftkv('create', 'f', 'k', '--from', 'soon');
    expect(soon.code).to.equal(1);
    expect(soon.stderr).to.include('Expected a whole number from 1, "oldest" or "now".');
    expect((await raftkv('create', 'f', 'k', '--partitions', '65')).stderr).to.include('from 1 to 64');
    expect((await raftkv('tail', 'f', '--ttl', '3601')).stderr).to.include('from 1 to 3600');
    expect((await raftkv('create', 'f', 'k', '--no-puts', '--no-deletes')).stderr).to.include('invalid feed');
  });

  it('prints and acknowledges changes until Ctrl-C', async () => {
    await outputOf('create', 'tailed', 'k', '--prev-kv');
    await client.put('k', '1');
    await client.delete('k');
    const first = start('tail', 'tailed', '--no-ack');
    const text = 'PUT\nk\n1\nDELETE\nk\n1\nk\n\n';
    await poll('both changes', () => first.printed() === text || undefined);
    first.interrupt();
    expect((await first.finished).code).to.equal(130);
    const second = start('tail', 'tailed', '--worker', 'w');
    await poll('both changes', () => second.printed() === text || undefined);
    await poll('the acknowledgement', async () => (await client.feeds.status('tailed')).lag === 0 || undefined);
    second.interrupt();
    await second.finished;
    await poll('the end', async () => (await client.feeds.status('tailed')).workers.length === 0 || undefined);
  });
});
