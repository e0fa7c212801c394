import { expect } from 'chai';
import { Client, op, txn } from '../../src/client/index.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { poll } from '../support/poll.js';
import { runCommand, startCommand } from './run-command.js';

describe('raftkv make-mirror', () => {
  let members: LoneMember[];
  let source: Client;
  let target: Client;

  beforeEach(async () => {
    members = await Promise.all([LoneMember.start(), LoneMember.start()]);
    const [from, to] = members.map(({ member }) => new Client({ endpoints: [endpointOf(member)] }));
    if (from === undefined || to === undefined) throw new Error('two members were started');
    [source, target] = [from, to];
  });

  afterEach(async () => {
    await Promise.all([source, target].map((client) => client[Symbol.asyncDispose]()));
    await Promise.all(members.map((each) => each.dispose()));
  });

  const mirror = (...flags: readonly string[]) => {
    const [from = '', to = ''] = members.map(({ member }) => endpointOf(member));
    return ['--endpoints', from, 'make-mirror', to, ...flags];
  };
  const seen = async (): Promise<readonly string[]> => {
    const { kvs } = await target.range({ prefix: '' }, { consistency: 'consistent' });
    return kvs.map(({ key, value }) => `${key.toString()}=${value.toString()}`);
  };
  const until = (...expected: readonly string[]) =>
    poll(`the mirror to hold ${expected.join(' ')}`, async () => {
      const found = await seen();
      return found.join(' ') === expected.join(' ') ? found : undefined;
    });

  it('copies the existing keys, then replicates every change, one transaction for each revision', async () => {
    const keys = Array.from({ length: 300 }, (_, at) => `many/${String(at).padStart(3, '0')}`);
    await Promise.all(keys.map((key) => source.put(key, key)));
    await target.put('own', 'kept');
    const running = startCommand(mirror());
    await poll('the copy', async () => ((await seen()).length === 301 ? true : undefined));
    await source.delete({ prefix: 'many/' });
    await until('own=kept');
    await source.txn(txn().do(op.put('a', '1'), op.put('b', '2')));
    await until('a=1', 'b=2', 'own=kept');
    const [a, b] = await Promise.all(['a', 'b'].map((key) => target.get(key)));
    expect(a?.kv?.modRevision).to.equal(b?.kv?.modRevision);
    running.interrupt();
    const { code, stdout, stderr } = await running.finished;
    expect([code, stdout, stderr]).to.deep.equal([0, '602\n', '']);
  });

  it('replaces or removes the prefix of keys', async () => {
    await source.put('from/a', '1');
    await source.put('other', '2');
    const renamed = startCommand(mirror('--prefix', 'from/', '--dest-prefix', 'to/'));
    await until('to/a=1');
    const bare = startCommand(mirror('--prefix', 'from/', '--no-dest-prefix'));
    await until('a=1', 'to/a=1');
    await source.delete('from/a');
    await until();
    for (const running of [renamed, bare]) {
      running.interrupt();
      expect((await running.finished).code).to.equal(0);
    }
  });

  // It read its own writes, and copied them again, without end.
  it('refuses to mirror a cluster onto itself', async () => {
    await source.put('a', '1');
    const [from = ''] = members.map(({ member }) => endpointOf(member));
    for (const flags of [[], ['--prefix', 'a'], ['--prefix', 'a', '--dest-prefix', 'ab']]) {
      const { code, stdout, stderr } = await runCommand(['--endpoints', from, 'make-mirror', from, ...flags]);
      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr).to.match(/^raftkv: the destination is the same cluster: .*\n$/);
    }
    const renamed = startCommand(['--endpoints', from, 'make-mirror', from, '--prefix', 'a', '--dest-prefix', 'b']);
    await poll('the copy', async () => (await source.get('b'))?.kv?.value.toString());
    renamed.interrupt();
    expect((await renamed.finished).code).to.equal(0);
  });

  it('reports contradicting flags', async () => {
    const { code, stderr } = await runCommand(mirror('--no-dest-prefix'));
    expect([code, stderr]).to.deep.equal([1, 'raftkv: --no-dest-prefix needs a --prefix to remove\n']);
  });
});
