import { createServer } from 'node:net';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { expectOk } from '../support/etcd-client.js';
import { folderTree } from '../support/folder-tree.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { freePorts, RAFTKV, ServerProcess } from '../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

interface Refusal {
  readonly folder: string;
  readonly line: RegExp;
  /** Whether the store has to be opened to find out, which changes its files and none of its data. Default: false. */
  readonly opensData?: boolean;
}

/** Expects exit code 1, one line on standard error that says why, and no change below the folder. */
async function expectRefusal(args: readonly string[], options: Refusal): Promise<void> {
  const before = folderTree(options.folder);
  const refused = new ServerProcess([...RAFTKV, ...args], options.folder);
  const tooLong = setTimeout(() => void refused.kill(), 60_000);
  const exit = await refused.exited;
  clearTimeout(tooLong);
  const { stdout, stderr } = refused;
  expect({ ...exit, stdout, lines: stderr.length }, refused.log()).to.deep.equal({
    code: 1,
    signal: null,
    stdout: [],
    lines: 1,
  });
  expect(stderr[0]).to.match(options.line);
  if (options.opensData !== true) expect(folderTree(options.folder)).to.deep.equal(before);
}

describe('raftkv serve refuses, with one clear line and nothing written,', function () {
  this.timeout(300_000);
  let folder: string;
  let clientUrl: string;
  let peerUrl: string;

  beforeEach(async () => {
    folder = makeTemporaryFolder('bad-start');
    const [clientPort, peerPort] = await freePorts(2);
    clientUrl = `http://127.0.0.1:${clientPort}`;
    peerUrl = `http://127.0.0.1:${peerPort}`;
  });

  afterEach(() => {
    chmodSync(folder, 0o700);
    removeFolder(folder);
  });

  /** A start that would work, but for the flags given. */
  const serve = (flags: Readonly<Record<string, string>>): string[] => {
    const all = {
      name: 'n1',
      'data-dir': join(folder, 'data'),
      'listen-client-urls': clientUrl,
      'advertise-client-urls': clientUrl,
      'listen-peer-urls': peerUrl,
      'initial-advertise-peer-urls': peerUrl,
      'initial-cluster': `n1=${peerUrl}`,
      ...flags,
    };
    return ['serve', ...Object.entries(all).flatMap(([flag, value]) => [`--${flag}`, value])];
  };

  it('an unknown flag', () => expectRefusal(serve({ bogus: '1' }), { folder, line: /--bogus/ }));

  it('a malformed URL', () =>
    expectRefusal(serve({ 'listen-client-urls': 'localhost' }), { folder, line: /--listen-client-urls.*localhost/ }));

  it('an initial cluster that lacks the member itself', () =>
    expectRefusal(serve({ 'initial-cluster': `n2=${peerUrl}` }), { folder, line: /--initial-cluster.*n1/ }));

  it('a malformed number, and one out of range', async () => {
    await expectRefusal(serve({ 'heartbeat-interval': 'soon' }), { folder, line: /--heartbeat-interval soon/ });
    await expectRefusal(serve({ 'election-timeout': '0' }), { folder, line: /--election-timeout 0/ });
  });

  it('an election timeout too close to the heartbeat interval', () =>
    expectRefusal(serve({ 'heartbeat-interval': '300', 'election-timeout': '400' }), {
      folder,
      line: /--election-timeout 400.*--heartbeat-interval 300/,
    }));

  for (const flag of ['listen-client-urls', 'listen-peer-urls']) {
    it(`a busy port in --${flag}`, async () => {
      const url = new URL(flag === 'listen-client-urls' ? clientUrl : peerUrl);
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(Number(url.port), '127.0.0.1', resolve));
      try {
        await expectRefusal(serve({}), { folder, line: new RegExp(`${url.port}.*in use`) });
      } finally {
        await new Promise((resolve) => holder.close(resolve));
      }
    });
  }

  /** The warning came after the start, when data was already created in the place of the default. */
  it('a start with a misspelt variable too, of which it warns before', async () => {
    writeFileSync(join(folder, 'data'), 'a letter');
    const refused = new ServerProcess([...RAFTKV, ...serve({})], folder, { RAFTKV_DATA_DRI: 'x' });
    await refused.exited;
    expect(refused.stderr[0]).to.match(/WARN .*: unknown environment variable .*"similar":"RAFTKV_DATA_DIR"/);
    expect(refused.stderr[1]).to.match(/--data-dir .*data is a file/);
  });

  it('a data directory that is a file', async () => {
    writeFileSync(join(folder, 'data'), 'a letter');
    await expectRefusal(serve({}), { folder, line: /--data-dir .*data is a file/ });
  });

  it('the data directory of etcd', async () => {
    mkdirSync(join(folder, 'data', 'member'), { recursive: true });
    await expectRefusal(serve({}), { folder, line: /--data-dir .*etcd/ });
  });

  it('a directory that it may not write to', async function () {
    if (process.getuid?.() === 0) {
      console.log('      (skipped: root may write everywhere)');
      this.skip();
    }
    chmodSync(folder, 0o500);
    await expectRefusal(serve({}), { folder, line: /--data-dir .*permission/ });
  });

  describe('with the data of a member', () => {
    let single: ProcessCluster;

    before(async () => {
      single = await ProcessCluster.start({ size: 1 });
      expectOk(await single.client(0).put('k', 'v'));
      await single.stop(0);
    });

    after(async () => {
      await single?.dispose();
    });

    it('that is another', () => {
      const args = single.command(0).slice(RAFTKV.length);
      const cluster = `${args[args.indexOf('--initial-cluster') + 1]},n2=${peerUrl}`;
      const other = { name: 'n2', 'initial-cluster': cluster, 'data-dir': single.dataDir(0) };
      return expectRefusal(serve({ ...other, 'initial-cluster-token': single.folder }), {
        folder: single.folder,
        line: /--data-dir .* belongs to another member, n1/,
        opensData: true,
      });
    });
  });
});
