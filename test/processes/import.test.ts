import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectSameData } from '../support/expectations.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommand } from '../cli/run-command.js';

const KEYS = 1_500;
const LINES = 6_000;

describe('an import into three real servers', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  let folder: string;

  beforeEach(async () => {
    folder = makeTemporaryFolder('import');
    cluster = await ProcessCluster.start();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.error(cluster?.logs());
    await cluster?.dispose();
    removeFolder(folder);
  });

  it('neither loses nor doubles a line when the leader is killed, and exports what it imported', async () => {
    const file = join(folder, 'lines.tsv');
    const line = (at: number): string => `key ${at % KEYS}\tline ${at}\n`;
    writeFileSync(file, Array.from({ length: LINES }, (_, at) => line(at)).join(''));
    const endpoints = cluster.clients.map(({ endpoint }) => endpoint).join(',');
    const importing = runCommand(['--endpoints', endpoints, 'import', file, '--concurrency', '4']);
    const leader = await cluster.leader();
    const survivor = cluster.client(cluster.others(leader)[0] ?? 0);
    await poll('the import to be under way', async () => {
      const status = await survivor.status();
      return status.kind === 'ok' && Number(status.response.header?.revision) > 10 ? true : undefined;
    });
    await cluster.kill9(leader);
    await cluster.ready(cluster.others(leader));
    await cluster.restart(leader);
    const { code, stderr } = await importing;
    expect(code, stderr).to.equal(0);

    const exported = join(folder, 'exported.tsv');
    const out = await runCommand(['--endpoints', endpoints, 'export', '--output', exported]);
    expect(out.code, out.stderr).to.equal(0);
    const last = Array.from({ length: KEYS }, (_, key) => line(LINES - KEYS + key));
    expect(readFileSync(exported, 'utf8').split('\n').sort()).to.deep.equal(last.join('').split('\n').sort());

    const listed = await runCommand(['--endpoints', endpoints, 'get', 'key ', '--prefix', '-w', 'json']);
    const { kvs } = JSON.parse(listed.stdout) as { kvs: { key: string; version: number }[] };
    expect(kvs.filter(({ version }) => version !== LINES / KEYS)).to.deep.equal([]);
    await expectSameData(cluster);
  });
});
