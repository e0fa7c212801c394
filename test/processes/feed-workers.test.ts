import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client, RaftKvError, txn, op } from '../../src/client/index.js';
import { defined } from '../../src/util/assert.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

const PARTITIONS = 4;
const KEYS = 300;

interface Line {
  readonly partition: number;
  readonly epoch: number;
  readonly revision: number;
  readonly keys: readonly string[];
}

/** A worker in a process of its own, and what it has printed. */
class Consumer {
  readonly #child: ChildProcess;
  #text = '';

  constructor(endpoints: readonly string[], feed: string, worker: string) {
    const program = join(import.meta.dirname, 'feed-consumer.ts');
    const args = ['--import', 'tsx', program, endpoints.join(','), feed, worker];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#text += text));
  }

  get lines(): readonly Line[] {
    const whole = this.#text.split('\n').slice(0, -1);
    return whole
      .filter((line) => !line.startsWith('#'))
      .map((line) => {
        const [partition, epoch, revision, keys = ''] = line.split(' ');
        return {
          partition: Number(partition),
          epoch: Number(epoch),
          revision: Number(revision),
          keys: keys.split(','),
        };
      });
  }

  async kill9(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }
}

describe('Workers of a feed in processes of their own', function () {
  this.timeout(180_000);
  let cluster: ProcessCluster | undefined;
  let client: Client | undefined;
  const consumers: Consumer[] = [];

  afterEach(async () => {
    for (const consumer of consumers.splice(0)) await consumer.kill9();
    await client?.close();
    await cluster?.dispose();
  });

  it('take over from one that is killed and from its member, miss no change, and its late acknowledgements fail', async () => {
    const servers = await ProcessCluster.start();
    cluster = servers;
    const endpoints = servers.clients.map((each) => each.endpoint);
    const writes = new Client({ endpoints });
    client = writes;
    await writes.feeds.create('f', { prefix: 'k/', partitions: PARTITIONS });
    const [one, two] = ['one', 'two'].map((worker) => new Consumer(endpoints, 'f', worker));
    const [first, second] = [defined(one, 'a worker'), defined(two, 'a worker')];
    consumers.push(first, second);
    const written: string[] = [];
    const put = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at++) {
        const key = `k/${written.length}`;
        await writes.put(key, '');
        written.push(key);
      }
    };
    const workers = async (): Promise<number> => (await writes.feeds.status('f')).workers.length;
    await poll('two workers', async () => ((await workers()) === 2 ? true : undefined));
    await put(KEYS);
    await poll('changes at both', () => (first.lines.length > 0 && second.lines.length > 0 ? true : undefined));
    await first.kill9();
    await put(KEYS);
    await poll('one worker', async () => ((await workers()) === 1 ? true : undefined));
    const late = defined(first.lines.at(-1), 'a batch of the killed worker');
    const { revision } = await writes.get('k/0').then(({ header }) => header);
    const failure: unknown = await writes
      .txn(
        txn()
          .do(op.put('late', ''))
          .ack({ ...late, feed: 'f', revision, after: late.revision }),
      )
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(RaftKvError).with.property('code', 'feed-moved');

    const leader = await servers.leader();
    await servers.kill9(leader);
    await put(KEYS);
    await servers.restart(leader);
    const caughtUp = async (): Promise<true | undefined> => {
      const seen = new Set([...first.lines, ...second.lines].flatMap(({ keys }) => keys));
      return written.every((key) => seen.has(key)) ? true : undefined;
    };
    await poll('all changes', caughtUp, 60_000);
    await poll('all acknowledgements', async () => {
      const { partitions } = await writes.feeds.status('f');
      return partitions.every(({ worker }) => worker === 'two') ? true : undefined;
    });
    // Changes arrive in the order of their revisions within an epoch of a partition.
    for (const { lines } of [first, second]) {
      const last = new Map<string, number>();
      for (const { partition, epoch, revision: next } of lines) {
        const key = `${partition}/${epoch}`;
        expect(next).to.be.greaterThan(last.get(key) ?? 0);
        last.set(key, next);
      }
    }
  });
});
