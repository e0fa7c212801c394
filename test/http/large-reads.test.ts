import { expect } from 'chai';
import { ProbedMember } from '../support/probed-member.js';
import { expectShortTurns } from '../support/time-limits.js';

const MIB = 1024 * 1024;
/** Sizes of values, and how many bytes of each are stored: small rows take longer for each byte. */
const STORED = [
  { bytes: 256, storedBytes: 12 * MIB },
  { bytes: 16 * 1024, storedBytes: 24 * MIB },
  { bytes: 1400 * 1024, storedBytes: 32 * MIB },
] as const;
const [SMALL, MEDIUM] = STORED;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

// A client that read as fast as its answer was printed had all of it printed in one turn: a range of 100 MB over HTTP
// delayed other reads by up to 0.7 s.
describe('Large answers over HTTP', function () {
  this.timeout(300_000);
  let member: ProbedMember;

  before(async () => {
    member = await ProbedMember.start();
    for (const size of STORED) await store(size);
    await member.http('/v3/kv/range', '{"key":"YQ=="}');
  });

  after(() => member.dispose());

  /** Stores values of this size below `SIZE/`. */
  async function store({ bytes, storedBytes }: (typeof STORED)[number]): Promise<void> {
    const keys = Math.floor(storedBytes / bytes);
    const perTxn = Math.min(128, Math.ceil(MIB / bytes));
    const value = Buffer.alloc(bytes, 'v').toString('base64');
    const putsFrom = (from: number): object[] =>
      Array.from({ length: Math.min(perTxn, keys - from) }, (_, at) => ({
        requestPut: { key: base64(`${bytes}/${String(from + at).padStart(8, '0')}`), value },
      }));
    const starts = Array.from({ length: Math.ceil(keys / perTxn) }, (_, txn) => txn * perTxn);
    while (starts.length > 0) {
      const calls = starts
        .splice(0, 8)
        .map((from) => member.http('/v3/kv/txn', JSON.stringify({ success: putsFrom(from) })));
      for (const { status, start } of await Promise.all(calls)) expect(status, start).to.equal(200);
    }
  }

  const range = (bytes: number, more: object = {}): string =>
    JSON.stringify({ key: base64(`${bytes}/`), rangeEnd: base64(`${bytes}0`), ...more });

  /** Runs work beside point reads, and expects the member's turns to be short. */
  const besideReads = (work: () => Promise<unknown>): Promise<void> => {
    const both = async (): Promise<void> => {
      const over = new AbortController();
      const reads = (async () => {
        while (!over.signal.aborted) expect((await member.client.get('absent')).kind).to.equal('ok');
      })();
      await work().finally(() => over.abort());
      await reads;
    };
    return expectShortTurns(both, { meter: member });
  };

  for (const { bytes, storedBytes } of STORED) {
    it(`do not hold the event loop: a range with values of ${bytes} bytes`, async () => {
      await besideReads(async () => {
        const answer = await member.http('/v3/kv/range', range(bytes));
        expect(answer.status).to.equal(200);
        expect(answer.bytes).to.be.greaterThan(1.3 * (storedBytes - 2 * MIB));
      });
    });
  }

  it('do not hold the event loop: all keys of a sorted range', async () => {
    const body = range(SMALL.bytes, { keysOnly: true, sortTarget: 'MOD', sortOrder: 'DESCEND' });
    await besideReads(async () => expect((await member.http('/v3/kv/range', body)).status).to.equal(200));
  });

  it('do not hold the event loop: a transaction of ranges', async () => {
    const requestRange = { key: base64(`${MEDIUM.bytes}/`), rangeEnd: base64(`${MEDIUM.bytes}/00000100`) };
    const body = JSON.stringify({ success: Array.from({ length: 16 }, () => ({ requestRange })) });
    await besideReads(async () => {
      const answer = await member.http('/v3/kv/txn', body);
      expect(answer.status, answer.start).to.equal(200);
      expect(answer.bytes).to.be.greaterThan(16 * 100 * MEDIUM.bytes);
    });
  });

  it('do not hold the event loop: five at the same time', async () => {
    await besideReads(async () => {
      const asked = STORED.flatMap(({ bytes }) => [bytes, bytes]).slice(0, 5);
      for (const { status } of await Promise.all(asked.map((bytes) => member.http('/v3/kv/range', range(bytes)))))
        expect(status).to.equal(200);
    });
  });

  for (const { bytes, storedBytes } of STORED) {
    it(`do not hold the event loop: a watch of past events with values of ${bytes} bytes`, async () => {
      const key = { key: base64(`${bytes}/`), rangeEnd: base64(`${bytes}0`) };
      const body = JSON.stringify({ createRequest: { ...key, startRevision: '1' } });
      await besideReads(() => member.stream('/v3/watch', body, storedBytes));
    });
  }

  it('do not hold the event loop: puts of the largest size', async () => {
    const value = Buffer.alloc(1400 * 1024, 'v').toString('base64');
    await besideReads(async () => {
      const puts = Array.from({ length: 8 }, () =>
        member.http('/v3/kv/put', JSON.stringify({ key: base64('large'), value })),
      );
      for (const { status, start } of await Promise.all(puts)) expect(status, start).to.equal(200);
    });
  });

  it('do not hold the event loop: metrics', async () => {
    await besideReads(async () => {
      for (let call = 0; call < 20; call++) expect((await member.http('/metrics')).status).to.equal(200);
    });
  });
});
