import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, makeTemporaryFolder } from '../../support/temporary-folder.js';
import { MalformedHistory } from '../history/history.js';
import { WORKLOADS } from '../workloads/registry.js';
import { checkHistory } from './check-history.js';
import { checkText } from './check-text.js';
import { historyOf } from './samples.js';
import type { HistoryEvent } from '../history/event.js';

const MAIN = join(import.meta.dirname, 'main.ts');

const REGISTER_LOG = [
  'some other output',
  'INFO  jepsen.util - 0\t:invoke\t:write\t1',
  'INFO  jepsen.util - 0\t:ok\t:write\t1',
  'INFO  jepsen.util - 1\t:invoke\t:cas\t[1 2]',
  'INFO  jepsen.util - 1\t:info\t:cas\t:timed-out',
  'INFO  jepsen.util - 0\t:invoke\t:read\tnil',
  'INFO  jepsen.util - 0\t:ok\t:read\t2',
];
const MAP_LOG = [
  '{:process 0, :type :invoke, :f :append, :key "0", :value "x"}',
  '{:process 0, :type :ok, :f :append, :key "0", :value "x"}',
  '{:process 1, :type :invoke, :f :get, :key "0", :value nil}',
  '{:process 1, :type :ok, :f :get, :key "0", :value "x"}',
];

function own(...values: readonly (number | null)[]): string {
  const events = values.flatMap((value, at): HistoryEvent[] => {
    const [f, result] = value === null ? ['write', 1] : ['read', value];
    const call = { process: 0, f, key: 'x', ...(f === 'write' ? { value: 1 } : {}) };
    return [
      { ...call, time: 2 * at, type: 'invoke' },
      { ...call, time: 2 * at + 1, type: 'ok', value: result },
    ];
  });
  const { header } = historyOf('register', []);
  return [header, ...events].map((line) => JSON.stringify(line)).join('\n');
}

describe('The check of a history in a text', () => {
  for (const [format, right, wrong] of [
    ['a log of a register', REGISTER_LOG, [...REGISTER_LOG.slice(0, -1), 'INFO  jepsen.util - 0\t:ok\t:read\t3']],
    ['a log of a map', MAP_LOG, [...MAP_LOG.slice(0, -1), '{:process 1, :type :ok, :f :get, :key "0", :value "xx"}']],
    ["the project's format", [own(null, 1)], [own(null, 2)]],
  ] as const) {
    it(`recognises ${format}`, () => {
      expect(checkText(right.join('\n'))).to.include({ kind: 'right', headline: 'linearizable' });
      expect(checkText(wrong.join('\n'))).to.include({ kind: 'wrong', headline: 'not linearizable' });
    });
  }

  for (const [what, text, message] of [
    ['an empty text', '', 'unknown format'],
    ['another format', 'hello', 'unknown format'],
    ['a history without a call', own(), 'the history has no call'],
    ['another header', '{"format":"other"}', 'line 1: the format is not raftkv-history'],
    [
      'an unknown workload',
      own().replace('"register"', '"other"').concat('\n{"time":1,"process":0,"type":"invoke","f":"fly"}'),
      'there is no checker for workload other',
    ],
    ['an event of a map that is cut', MAP_LOG.join('\n').slice(0, -9), 'line 4: no event of a map'],
    // Calls of another object were skipped, and what was left was linearizable.
    [
      'a call that a register has not',
      [...REGISTER_LOG, 'INFO  jepsen.util - 3\t:invoke\t:add\t5'].join('\n'),
      /^line \d+: no event of a register$/,
    ],
    ['a log without calls', 'INFO  jepsen.util - :nemesis\t:info\t:start\tnil', 'the history has no call'],
    ['an end without a start', REGISTER_LOG.slice(2).join('\n'), 'line 1: process 0 has no open call'],
  ] as const) {
    it(`refuses ${what}`, () => expect(() => checkText(text)).to.throw(MalformedHistory, message));
  }

  it('is unknown, with the reason, beyond the bounds', () => {
    const writes = Array.from({ length: 40 }, (_, at) => `INFO  jepsen.util - ${at}\t:invoke\t:write\t${at}`);
    const ends = writes.map((line) => line.replace(':invoke', ':ok'));
    const read = ['INFO  jepsen.util - 99\t:invoke\t:read\tnil', 'INFO  jepsen.util - 99\t:ok\t:read\t99'];
    const text = [...writes, ...read, ...ends].join('\n');
    expect(checkText(text, { timeLimitMs: 50 })).to.include({
      kind: 'unknown',
      headline: 'linearizability: no verdict within 50 ms',
    });
  });
});

describe('The checkers', () => {
  for (const workload of WORKLOADS) {
    it(`exist for the workload ${workload}, and accept a history without calls`, () => {
      const verdicts = checkHistory(historyOf(workload, []));
      expect(verdicts).to.not.be.empty;
      expect(verdicts.map(({ valid }) => valid)).to.not.include(false);
    });
  }

  it('are those of registers for other workloads that have such calls, and none for the rest', () => {
    const call = { time: 1, process: 0, type: 'invoke', f: 'read', key: 'x' } as const;
    expect(checkHistory(historyOf('mine', [call])).map(({ checker }) => checker)).to.include('linearizability');
    expect(checkHistory(historyOf('mine', [{ ...call, f: 'fly' }]))).to.deep.equal([]);
  });
});

describe('npm run check-history', function () {
  this.timeout(60_000);
  const folder = makeTemporaryFolder('check-history');
  after(() => removeFolder(folder));

  function run(name: string, content?: string): { status: number | null; first: string; errors: string[] } {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    const { status, stdout, stderr } = spawnSync('node', ['--import', 'tsx', MAIN, path], { encoding: 'utf8' });
    return { status, first: stdout.split('\n')[0] ?? '', errors: stderr.split('\n').filter((line) => line !== '') };
  }

  it('prints the verdict first, and exits with 0, 1 or 2', () => {
    expect(run('right', own(null, 1))).to.deep.equal({ status: 0, first: 'linearizable', errors: [] });
    expect(run('wrong', own(null, 2))).to.deep.equal({ status: 1, first: 'not linearizable', errors: [] });
    const empty = run('empty', own());
    expect(empty).to.include({ status: 2, first: '' });
    expect(empty.errors[0]).to.match(/the history has no call$/);
    const missing = run('missing');
    expect(missing).to.include({ status: 2, first: '' });
    expect(missing.errors).to.have.length(1);
    expect(missing.errors[0]).to.match(/ENOENT/);
  });

  it('is a script of the package', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['check-history']).to.equal('node --import tsx test/jepsen/checkers/main.ts');
  });
});
