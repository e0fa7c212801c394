import { expect } from 'chai';
import { merged } from '../../src/cli/commands/hot/merged.js';
import type { HotKey, HotResult } from '../../src/client/index.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { poll } from '../support/poll.js';
import { runCommand, startCommand } from './run-command.js';

const EMPTY = Buffer.alloc(0);
const LONG = 'x'.repeat(200);

describe('raftkv hot', () => {
  let lone: LoneMember;
  let endpoint: string;

  before(async () => {
    lone = await LoneMember.start();
    endpoint = endpointOf(lone.member);
    for (let round = 0; round < 8; round++) {
      await lone.client.put('busy\n', 'v');
      if (round % 2 === 0) await lone.client.put(LONG, 'v');
    }
    await lone.client.get('seen');
  });

  after(() => lone.dispose());

  const raftkv = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(['--endpoints', endpoint, 'hot', ...args]);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  };
  /** With the rates left out, which depend on time. */
  const masked = (text: string): string => text.replaceAll(/(?<=, |│ *)\d+(?:\.\d+)?%?(?=[, \n])/g, '#');

  it('prints a line for each key, without what could break the terminal', async () => {
    expect(masked(await raftkv())).to.equal(
      [
        `read, seen, #, #, #, ${endpoint}, #`,
        `write, busy\\n, #, #, #, ${endpoint}, #`,
        `write, ${'x'.repeat(128)}… (200 bytes), #, #, #, ${endpoint}, #`,
        '',
      ].join('\n'),
    );
    expect((await raftkv('--hex', '--limit', '1')).split('\n')[1]).to.match(/^write, \\x62\\x75\\x73\\x79\\x0a, /);
  });

  it('prints tables, JSON and fields', async () => {
    expect(await raftkv('-w', 'table')).to.match(/OP +│ +KEY +│ PER SECOND │/);
    const [answer] = JSON.parse(await raftkv('-w', 'json')) as { Hot: { writes: { keys: unknown[] } } }[];
    expect(answer?.Hot.writes.keys[0]).to.include({ key: Buffer.from('busy\n').toString('base64'), key_bytes: 5 });
    expect(await raftkv('-w', 'fields')).to.match(/^"Capacity" : 256$/m);
  });

  it('prints again until it is interrupted, one block or line each time', async () => {
    const watch = (format: string): ReturnType<typeof startCommand> =>
      startCommand(['--endpoints', endpoint, 'hot', '--watch', '--interval', '1', '--limit', '1', '-w', format]);
    const [simple, json] = [watch('simple'), watch('json')];
    const blocks = (): readonly string[] => simple.printed().split('\n\n');
    await poll('two blocks', () => (blocks().length > 1 && blocks()[1]?.includes('write') ? true : undefined));
    await poll('two lines', () => (json.printed().split('\n').length > 2 ? true : undefined));
    for (const command of [simple, json]) command.interrupt();
    const ended = await Promise.all([simple.finished, json.finished]);
    expect(ended.map(({ code, stderr }) => [code, stderr])).to.deep.equal([
      [130, ''],
      [130, ''],
    ]);
    expect(masked(`${blocks()[1]}\n`).trimEnd()).to.equal(masked(`${blocks()[0]}\n`).trimEnd());
    for (const line of json.printed().trimEnd().split('\n')) expect(JSON.parse(line)).to.have.length(1);
  });

  it('goes on while a member does not answer', async () => {
    const nowhere = '127.0.0.1:1';
    const command = startCommand(['--endpoints', `${endpoint},${nowhere}`, 'hot', '--watch', '--interval', '1']);
    await poll('two blocks', () => (command.printed().split('\n\n').length > 1 ? true : undefined));
    command.interrupt();
    const { code, stderr } = await command.finished;
    expect(code).to.equal(130);
    expect(stderr.split('\n')[0]).to.match(/^127\.0\.0\.1:1: /);
  });

  // It printed "1 member of 2 did not answer" alone, and a user without the role root saw no reason at all.
  it('says why a member has no answer, beside the keys of the others', async () => {
    const nowhere = '127.0.0.1:1';
    const { code, stdout, stderr } = await runCommand(['--endpoints', `${endpoint},${nowhere}`, 'hot']);
    expect(code).to.equal(1);
    expect(stdout).to.include('write, busy');
    expect(stderr).to.equal('raftkv: 1 member of 2 did not answer: 127.0.0.1:1: connection refused\n');
  });

  it('adds up what members counted, and names the one with the most', () => {
    const hot = (key: string, perSecond: number): HotKey => ({
      key: Buffer.from(key),
      keyBytes: key.length,
      rangeEnd: EMPTY,
      rangeEndBytes: 0,
      perSecond,
      errorPerSecond: 1,
    });
    const answer = (...keys: readonly HotKey[]): HotResult => ({
      reads: { keys, perSecond: 50 },
      writes: { keys: [], perSecond: 0 },
      capacity: 8,
      header: { clusterId: '0000000000000001', memberId: '0000000000000001', revision: 1, raftTerm: 1 },
    });
    const members = [
      { endpoint: 'a', answer: answer(hot('k', 10), hot('l', 9)) },
      { endpoint: 'b', answer: answer(hot('l', 20), hot('m', 5)) },
    ];
    const shown = merged(members, 'read', 2).map((found) => [
      String(found.hot.key),
      found.perSecond,
      found.errorPerSecond,
      found.share,
      found.endpoint,
      found.perSecondThere,
    ]);
    expect(shown).to.deep.equal([
      ['l', 29, 2, 0.29, 'b', 20],
      ['k', 10, 1, 0.1, 'a', 10],
    ]);
    expect(merged(members, 'write', 2)).to.deep.equal([]);
  });
});
