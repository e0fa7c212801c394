import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Call, Outcome } from '../../../support/history.js';
import { checkLinearizability } from './check.js';
import type { LinearizabilityVerdict } from './check.js';
import { mapModel, registerModel } from './models.js';
import type { MapInput, MapOutput, RegisterInput, RegisterOutput } from './models.js';
import { parseMapLog, parseRegisterLog } from '../formats/published.js';

type RegisterCall = Call<RegisterInput, RegisterOutput>;

let clients = 0;
const call = (
  times: readonly [number, number],
  input: RegisterInput,
  outcome: Outcome<RegisterOutput>,
): RegisterCall => ({ client: `c${(clients += 1)}`, input, invokedAt: times[0], completedAt: times[1], outcome });

const write = (from: number, to: number, value: string, key = 'x'): RegisterCall =>
  call([from, to], { kind: 'write', key, value }, { kind: 'ok', output: { kind: 'written' } });
const lostWrite = (from: number, value: string): RegisterCall =>
  call([from, from], { kind: 'write', key: 'x', value }, { kind: 'unknown' });
const read = (from: number, to: number, value: string | null, key = 'x'): RegisterCall =>
  call([from, to], { kind: 'read', key }, { kind: 'ok', output: { kind: 'value', value } });
const cas = (from: number, to: number, swap: readonly [string, string], swapped: boolean): RegisterCall =>
  call(
    [from, to],
    { kind: 'cas', key: 'x', from: swap[0], to: swap[1] },
    { kind: 'ok', output: { kind: 'swapped', swapped } },
  );

const append = (at: number, value: string): Call<MapInput, MapOutput> => ({
  client: 'c',
  input: { kind: 'append', key: 'k', value },
  invokedAt: at,
  completedAt: at + 1,
  outcome: { kind: 'ok', output: null },
});

const get = (at: number, value: string): Call<MapInput, MapOutput> => ({
  client: 'd',
  input: { kind: 'get', key: 'k' },
  invokedAt: at,
  completedAt: at + 1,
  outcome: { kind: 'ok', output: value },
});

const verdictOf = (...calls: readonly RegisterCall[]): LinearizabilityVerdict['kind'] =>
  checkLinearizability(registerModel, calls).kind;

describe('the linearizability checker', () => {
  it('accepts a sequential history of one client, and an empty history', () => {
    expect(verdictOf()).to.equal('linearizable');
    expect(verdictOf(read(0, 1, null), write(2, 3, 'a'), read(4, 5, 'a'))).to.equal('linearizable');
  });

  it('lets a read beside a write see either value, but not the new one and then the old', () => {
    const old = write(0, 1, 'a');
    const concurrent = write(2, 9, 'b');
    expect(verdictOf(old, concurrent, read(3, 4, 'a'))).to.equal('linearizable');
    expect(verdictOf(old, concurrent, read(3, 4, 'b'))).to.equal('linearizable');
    expect(verdictOf(old, concurrent, read(3, 4, 'a'), read(5, 6, 'b'))).to.equal('linearizable');
    expect(verdictOf(old, concurrent, read(3, 4, 'b'), read(5, 6, 'a'))).to.equal('not-linearizable');
  });

  it('treats calls that meet at one instant as concurrent', () => {
    expect(verdictOf(write(0, 5, 'a'), read(5, 6, null))).to.equal('linearizable');
    expect(verdictOf(write(0, 5, 'a'), read(6, 7, null))).to.equal('not-linearizable');
  });

  it('refuses a stale read, a value from nowhere and a lost write', () => {
    expect(verdictOf(write(0, 1, 'a'), write(2, 3, 'b'), read(4, 5, 'a'))).to.equal('not-linearizable');
    expect(verdictOf(write(0, 1, 'a'), read(2, 3, 'z'))).to.equal('not-linearizable');
    expect(verdictOf(write(0, 1, 'a'), read(2, 3, null))).to.equal('not-linearizable');
  });

  it('requires correct compare-and-set results, for swaps and refusals', () => {
    expect(verdictOf(write(0, 1, 'a'), cas(2, 3, ['a', 'b'], true), read(4, 5, 'b'))).to.equal('linearizable');
    expect(verdictOf(write(0, 1, 'a'), cas(2, 3, ['c', 'b'], true))).to.equal('not-linearizable');
    expect(verdictOf(write(0, 1, 'a'), cas(2, 3, ['a', 'b'], false))).to.equal('not-linearizable');
    // Two clients cannot both win the same swap.
    expect(verdictOf(write(0, 1, 'a'), cas(2, 6, ['a', 'b'], true), cas(2, 6, ['a', 'c'], true))).to.equal(
      'not-linearizable',
    );
  });

  it('requires a delete to report correctly whether the key existed', () => {
    const remove = (from: number, deleted: boolean): RegisterCall =>
      call([from, from + 1], { kind: 'delete', key: 'x' }, { kind: 'ok', output: { kind: 'deleted', deleted } });
    expect(verdictOf(remove(0, false), write(2, 3, 'a'), remove(4, true), read(6, 7, null))).to.equal('linearizable');
    expect(verdictOf(write(0, 1, 'a'), remove(2, false))).to.equal('not-linearizable');
    expect(verdictOf(remove(0, true))).to.equal('not-linearizable');
    expect(verdictOf(write(0, 1, 'a'), remove(2, true), read(4, 5, 'a'))).to.equal('not-linearizable');
  });

  it('lets a write of unknown outcome happen late, or never, but not twice', () => {
    const before = write(0, 1, 'a');
    const lost = lostWrite(2, 'b');
    expect(verdictOf(before, lost, read(10, 11, 'a'))).to.equal('linearizable');
    expect(verdictOf(before, lost, read(10, 11, 'a'), read(12, 13, 'b'))).to.equal('linearizable');
    expect(verdictOf(before, lost, read(10, 11, 'b'), write(12, 13, 'c'), read(14, 15, 'b'))).to.equal(
      'not-linearizable',
    );
    // Not before it began, either.
    expect(verdictOf(before, read(2, 3, 'b'), lostWrite(4, 'b'))).to.equal('not-linearizable');
  });

  it('ignores failed reads and writes that certainly had no effect', () => {
    const failed = call([2, 3], { kind: 'write', key: 'x', value: 'b' }, { kind: 'failed' });
    const lostRead = call([2, 3], { kind: 'read', key: 'x' }, { kind: 'unknown' });
    expect(verdictOf(write(0, 1, 'a'), failed, lostRead, read(4, 5, 'a'))).to.equal('linearizable');
    expect(verdictOf(write(0, 1, 'a'), failed, read(4, 5, 'b'))).to.equal('not-linearizable');
  });

  it('checks keys separately, and names the one that fails', () => {
    const good = [write(0, 1, 'a', 'good'), read(2, 3, 'a', 'good')];
    const verdict = checkLinearizability(registerModel, [...good, write(0, 1, 'a', 'bad'), read(2, 3, null, 'bad')]);
    expect(verdict).to.include({ kind: 'not-linearizable', key: 'bad' });
    if (verdict.kind === 'not-linearizable') {
      expect(verdict.report).to.match(/the longest order found has 1 of 2 calls/);
      expect(verdict.report).to.match(/in the state "a" none of these can follow:\n.*read → nil: illegal here/);
    }
  });

  it('detects appends out of order in a map', () => {
    expect(checkLinearizability(mapModel, [append(0, 'a'), append(2, 'b'), get(4, 'ab')]).kind).to.equal(
      'linearizable',
    );
    expect(checkLinearizability(mapModel, [append(0, 'a'), append(2, 'b'), get(4, 'ba')]).kind).to.equal(
      'not-linearizable',
    );
  });

  it('reports when its time limit is reached', () => {
    // Many concurrent writes, and a read that none of them explains: every subset must be tried.
    const calls = Array.from({ length: 18 }, (_, i) => write(0, 100, `v${i}`));
    let clock = 0;
    const verdict = checkLinearizability(registerModel, [...calls, read(0, 100, 'none')], {
      timeLimitMs: 10,
      now: () => (clock += 6),
    });
    expect(verdict).to.deep.equal({ kind: 'unknown', key: 'x', reason: 'no verdict within 10 ms' });
  });

  it('is quick on a long history of many clients', () => {
    const calls: RegisterCall[] = [];
    for (let i = 0; i < 20_000; i += 1) calls.push(write(i, i + 3.5, `v${i}`), read(i + 0.5, i + 4, `v${i}`));
    expect(checkLinearizability(registerModel, calls, { timeLimitMs: 10_000 }).kind).to.equal('linearizable');
  });
});

describe('the linearizability checker on published histories', function () {
  this.timeout(300_000);
  const folder = process.env['RAFTKV_HISTORIES'];
  if (folder === undefined) {
    it('skipped: RAFTKV_HISTORIES names no folder of histories', function () {
      this.skip();
    });
    return;
  }
  const registers = join(folder, 'jepsen-etcd');
  const expected = readFileSync(join(registers, 'EXPECTED.tsv'), 'utf8').trim().split('\n');
  for (const row of expected) {
    const [file = '', verdict] = row.split('\t');
    it(`${file} is ${verdict}`, () => {
      const calls = parseRegisterLog(readFileSync(join(registers, file), 'utf8'));
      expect(calls).to.not.be.empty;
      expect(checkLinearizability(registerModel, calls).kind).to.equal(verdict);
    });
  }
  for (const file of readdirSync(join(folder, 'kv')).sort()) {
    it(`${file} has the verdict of its name`, () => {
      const calls = parseMapLog(readFileSync(join(folder, 'kv', file), 'utf8'));
      expect(calls).to.not.be.empty;
      const verdict = file.endsWith('-ok.txt') ? 'linearizable' : 'not-linearizable';
      expect(checkLinearizability(mapModel, calls).kind).to.equal(verdict);
      expect(checkLinearizability(mapModel, calls, { whole: true }).kind, 'as one object').to.equal(verdict);
    });
  }
});
