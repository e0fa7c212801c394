import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { Client, KeyValue, RaftKvError } from '../../src/client/index.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { BatchWriter, type BatchWriterOptions } from '../../src/cli/transfer/batch-writer.js';
import { ABSENT } from '../../src/cli/transfer/guarded-batch.js';
import { Loader } from '../../src/cli/transfer/loader.js';
import type { LoadEvent, LoaderOptions, LoadLine } from '../../src/cli/transfer/loader.js';
import { FakeEtcd } from '../support/fake-etcd.js';
import type { Fault } from '../support/fake-etcd.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommand } from './run-command.js';

describe('raftkv import', () => {
  let fake: FakeEtcd;
  beforeEach(async () => {
    fake = await FakeEtcd.start();
  });
  afterEach(() => fake.stop());

  const importText = async (text: string, ...flags: string[]) =>
    await runCommand(['import', '-', '--endpoints', fake.endpoint, ...flags], text);

  it('loads a list of words, skips empty lines, and prints a summary', async () => {
    const { code, stdout, stderr } = await importText('alpha\nbeta\r\n\ngamma\tthree\tthings');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^loaded 3 lines in \d+\.\d s \([\d,]+ lines\/s\)\n$/);
    expect(fake.store.valuesOf('alpha')).to.deep.equal(['']);
    expect(fake.store.valuesOf('beta')).to.deep.equal(['']);
    expect(fake.store.valuesOf('gamma')).to.deep.equal(['three\tthings']);
  });

  it('applies the lines of one key in the order of the file', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `k\t${index}\n`).join('');
    expect((await importText(lines)).code).to.equal(0);
    expect(fake.store.valuesOf('k')).to.deep.equal(Array.from({ length: 100 }, (_, index) => String(index)));
  });

  it('overwrites existing keys', async () => {
    expect((await importText('a\t1\nb\t1\n')).code).to.equal(0);
    expect((await importText('a\t1\nb\t2\nc\t3\n')).code).to.equal(0);
    expect(['a', 'b', 'c'].map((key) => fake.store.versionOf(key))).to.deep.equal([2, 2, 1]);
  });

  it('stops at the first line that cannot be parsed, after loading all before it', async () => {
    const { code, stdout, stderr } = await importText('a\t1\nb\tb\\q\nc\t3\n');
    expect(code).to.equal(1);
    expect(stderr).to.contain('line 2: "\\q" is not an escape');
    expect(stdout).to.match(/^loaded 1 line in .*, 1 line could not be parsed\n$/);
    expect(['a', 'b', 'c'].map((key) => fake.store.versionOf(key))).to.deep.equal([1, 0, 0]);
  });

  it('continues after a bad line with --skip-bad, and exits with 1', async () => {
    const { code } = await importText('{"key":"a"}\nnonsense\n{"key":"c"}\n', '--skip-bad', '--format', 'jsonl');
    expect(code).to.equal(1);
    expect(['a', 'c'].map((key) => fake.store.versionOf(key))).to.deep.equal([1, 1]);
  });

  it('counts skipped lines in its progress', async () => {
    // The bar ended at 65 %: bytes of bad and empty lines were not counted.
    const folder = makeTemporaryFolder('import');
    try {
      const file = join(folder, 'words');
      writeFileSync(file, 'a\n\tbad\n\nc\n');
      fake.script = ({ number }) =>
        number === 2 || number === 3
          ? { kind: 'refuse', code: status.INVALID_ARGUMENT, text: 'etcdserver: request is too large' }
          : undefined;
      const args = ['import', file, '--skip-bad', '--endpoints', fake.endpoint];
      const { stdout, stderr } = await runCommand(args, '', undefined, true);
      expect(stdout).to.contain('loaded 1 line in').and.to.contain('1 line could not be parsed, 1 line failed');
      expect(stderr).to.contain(' 100% | 1 lines |');
    } finally {
      removeFolder(folder);
    }
  });

  it('counts the reasons if there are too many bad lines to print', async () => {
    // After tens of thousands of bad lines, only the errors of the first twenty were known.
    const lines = ['\tno key\n'.repeat(1200), 'a\tb\\b\n'.repeat(30), 'ok\n'];
    const { stdout, stderr } = await importText(lines.join(''), '--skip-bad');
    expect(stdout).to.contain(
      ', 1,230 lines could not be parsed (1,200 × the key is empty, 30 × "\\b" is not an escape)\n',
    );
    expect(stderr.split('\n').filter((line) => line.startsWith('line ')).length).to.equal(20);
  });

  it('limits the number of reasons in the summary', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `{"key":"k","field${index}":1}\n`).join('');
    const { stdout } = await importText(lines, '--skip-bad', '--format', 'jsonl');
    expect(stdout).to.contain('(32 × other reasons, 1 × unknown field "field0", ').and.to.contain('"field7")\n');
  });

  it('reports only the line that the server rejects, not the rest of its batch', async () => {
    fake.script = ({ method, number }) =>
      method === 'Txn' && (number === 2 || number === 4)
        ? { kind: 'refuse', code: status.INVALID_ARGUMENT, text: 'etcdserver: request is too large' }
        : undefined;
    const { code, stdout, stderr } = await importText('a\t1\nb\t2\nc\t3\n', '--skip-bad');
    expect(code).to.equal(1);
    expect(stderr).to.contain('line 2 (key b): ').and.to.contain('request is too large');
    expect(stdout).to.match(/^loaded 2 lines in .*, 1 line failed\n$/);
    expect(['a', 'b', 'c'].map((key) => fake.store.versionOf(key))).to.deep.equal([1, 0, 1]);
  });

  it('stops when no call succeeds, and reports lines of unknown outcome', async () => {
    fake.script = ({ method }) => (method === 'Txn' ? { kind: 'lose-answer' } : undefined);
    const { code, stderr } = await importText('a\t1\n', '--retry-for', '1ms');
    expect(code).to.equal(1);
    expect(stderr).to.contain('line 1 (key a)').and.to.contain('may or may not have been applied');
  });

  it('retries its first call until a member is up', async () => {
    // --retry-for applied to batches only: an import that started before the cluster ended at once.
    fake.stop();
    const importing = importText('a\t1\n', '--timeout', '100ms');
    await new Promise((resolve) => setTimeout(resolve, 300));
    fake = await FakeEtcd.start(fake.store, fake.port);
    const { code, stdout, stderr } = await importing;
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^loaded 1 line in /);
  });

  it('reports that nothing was loaded if no member comes up', async () => {
    fake.stop();
    const { code, stdout, stderr } = await importText('a\t1\n', '--timeout', '50ms', '--retry-for', '200ms');
    expect(code).to.equal(1);
    expect(stdout).to.match(/^loaded 0 lines in 0\.[2-9] s/);
    expect(stderr).to.equal(`raftkv: ${fake.endpoint}: connection refused\n`);
  });

  it('reports another client that writes the same key', async () => {
    // Between the first line of the key and the second, which expects the result of the first.
    fake.script = ({ method, number }) => {
      if (method === 'Txn' && number === 3) {
        fake.store.apply([{ requestPut: { key: Buffer.from('a'), value: Buffer.from('foreign') } }]);
      }
      return undefined;
    };
    const { code, stdout, stderr } = await importText('a\t1\na\t2\n');
    expect(code).to.equal(0);
    expect(stderr).to.contain('line 2 (key a): warning: another client');
    expect(stdout).to.contain('loaded 2 lines').and.to.contain('1 line met writes of another client');
    expect(fake.store.valuesOf('a')).to.deep.equal(['1', 'foreign', '2']);
  });

  it('finishes the calls in progress when it is interrupted, and prints a summary', async () => {
    const input = new PassThrough();
    input.write('a\t1\nb\t2\n'); // without an end: the import waits for more
    let interrupt: () => void = () => undefined;
    fake.script = ({ method }) => {
      if (method === 'Txn') setImmediate(interrupt);
      return undefined;
    };
    const args = ['import', '-', '--endpoints', fake.endpoint];
    const { code, stdout, stderr } = await runCommand(args, input, (callback) => (interrupt = callback));
    expect([code, stderr]).to.deep.equal([1, 'raftkv: interrupted: the rest was not loaded\n']);
    expect(stdout).to.match(/^loaded 2 lines in /);
    expect(['a', 'b'].map((key) => fake.store.versionOf(key))).to.deep.equal([1, 1]);
  });

  it('reports an unknown outcome if another client overwrote the keys', async () => {
    fake.script = ({ method, number }) => {
      if (method !== 'Txn') return undefined;
      if (number === 3) fake.store.apply([{ requestPut: { key: Buffer.from('a'), value: Buffer.from('foreign') } }]);
      return number === 2 ? { kind: 'lose-answer' } : undefined;
    };
    const { code, stderr } = await importText('a\t1\n');
    expect(code).to.equal(1);
    expect(stderr).to.contain('line 1 (key a): another client').and.to.contain('may or may not have been applied');
  });
});

describe('raftkv import applies every line exactly once', function () {
  this.timeout(300_000);

  for (let seed = 1; seed <= 8; seed++) {
    it(`while answers are lost, applies land late and leaders change (seed ${seed})`, async () => {
      const random = seededRandom(seed);
      const fake = await FakeEtcd.start();
      await using client = new Client({ endpoints: [fake.endpoint] });
      try {
        // Some keys exist already, with the value that a line will write.
        for (let key = 0; key < 10; key++) {
          fake.store.apply([{ requestPut: { key: Buffer.from(`k${key}`), value: Buffer.from('0') } }]);
        }
        fake.script = ({ method }) => (method === 'Txn' && random.next() < 0.4 ? someFault(random) : undefined);
        const lines = Array.from({ length: 400 }, (_, index) => {
          const key = randomInteger(random, 0, 40);
          return lineOf(index + 1, `k${key}`, String(randomInteger(random, 0, 2)));
        });
        const events: LoadEvent[] = [];
        const loader = await makeLoader(client, { onEvent: (event) => events.push(event) });
        await loader.add(lines);
        await loader.drain();
        fake.flushLate();
        expect(events.filter(({ kind }) => kind !== 'loaded')).to.deep.equal([]);
        for (let key = 0; key < 40; key++) {
          const own = lines.filter(({ pair }) => pair.key.toString() === `k${key}`);
          const expected = [...(key < 10 ? ['0'] : []), ...own.map(({ pair }) => pair.value.toString())];
          expect(fake.store.valuesOf(`k${key}`), `k${key}`).to.deep.equal(expected);
        }
      } finally {
        fake.stop();
      }
    });
  }

  // A batch whose result a session had dropped was taken for one of another client, and written again.
  it('recognizes its own batch when the server knows only that it was applied', async () => {
    const [key, value] = [Buffer.from('k'), Buffer.from('v')];
    const header = { clusterId: '0000000000000001', memberId: '0000000000000001', revision: 9, raftTerm: 1 };
    const message = 'raftkv: the write was applied before, and its result is not kept any more';
    const fields = { code: 'already-applied', message, fate: 'applied', retryable: false } as const;
    const applied = new RaftKvError(fields);
    const kv = new KeyValue({ key, value, createRevision: 8, modRevision: 8, version: 1 });
    let [puts, reads] = [0, 0];
    const client = {
      get: () => Promise.reject(new Error('not asked')),
      putGuarded: () => (++puts === 1 ? Promise.reject(applied) : Promise.resolve({ succeeded: puts > 2, header })),
      txn: () => Promise.resolve({ succeeded: ++reads > 1, header, results: [{ kv }] }),
    } as unknown as BatchWriterOptions['client'];
    const writer = new BatchWriter({ client, retryForMs: 1_000, pauseMs: 1 });
    const outcome = await writer.write([{ pair: { key, value }, before: { kind: 'assumed', state: ABSENT } }]);
    expect([outcome.kind, outcome.kind === 'applied' && outcome.foreign]).to.deep.equal(['applied', []]);
    expect([puts, reads]).to.deep.equal([1, 1]);
  });

  it('reads ahead no more lines than its window, even if all have the same key', async () => {
    let under = 0;
    let most = 0;
    const writer = {
      write: async (batch: readonly unknown[]) => {
        await new Promise(setImmediate);
        under -= batch.length;
        return { kind: 'applied', stateOf: () => ({ modRevision: 1, version: 1 }), foreign: [] } as const;
      },
    };
    const loader = new Loader({ ...OPTIONS, writer, windowLines: 50, onEvent: () => undefined });
    for (let number = 1; number <= 1000; number++) {
      await loader.add([lineOf(number, 'k', 'v')]);
      under += 1;
      most = Math.max(most, under);
    }
    await loader.drain();
    expect([under, most <= 51]).to.deep.equal([0, true]);
  });
});

const OPTIONS: Omit<LoaderOptions, 'writer' | 'onEvent'> = {
  concurrency: 4,
  batchLines: 5,
  batchBytes: 1000,
  windowLines: 100,
  windowBytes: 100_000,
  skipRefused: false,
};

async function makeLoader(client: Client, { onEvent }: Pick<LoaderOptions, 'onEvent'>): Promise<Loader> {
  const writer = new BatchWriter({ client, retryForMs: 10_000, pauseMs: 1 });
  await writer.start(Buffer.from('k0'));
  return new Loader({ ...OPTIONS, writer, onEvent });
}

function lineOf(number: number, key: string, value: string): LoadLine {
  return { number, fileBytes: 1, pair: { key: Buffer.from(key), value: Buffer.from(value) } };
}

function someFault(random: { next(): number }): Fault {
  const choice = randomInteger(random, 0, 4);
  if (choice === 0) return { kind: 'lose-answer' };
  if (choice === 1) return { kind: 'apply-late', afterCalls: randomInteger(random, 0, 60) };
  const text = choice === 2 ? 'etcdserver: leader changed' : 'etcdserver: no leader';
  return { kind: 'refuse', code: status.UNAVAILABLE, text };
}
