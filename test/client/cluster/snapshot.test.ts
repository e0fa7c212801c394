import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { status } from '@grpc/grpc-js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { expect } from 'chai';
import { Client, RaftKvError } from '../../../src/client/index.js';
import { FakeEtcd, sendSnapshot } from '../../support/fake-etcd.js';
import { poll } from '../../support/poll.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';

const BODY = randomBytes(4 * 512);
const WHOLE = Buffer.concat([BODY, createHash('sha256').update(BODY).digest()]);

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

describe('a snapshot that a client fetches', () => {
  let fake: FakeEtcd;
  let client: Client;

  beforeEach(async () => {
    fake = await FakeEtcd.start();
    client = new Client({ endpoints: [fake.endpoint] });
  });

  afterEach(async () => {
    await client.close();
    fake.stop();
  });

  const answer = (pieces: Iterable<Uint8Array>): void => {
    fake.snapshot = (call) => void sendSnapshot(call, pieces);
  };

  /** The whole snapshot, or its error. */
  const outcome = async (options: Parameters<Client['snapshot']>[0] = {}): Promise<Buffer | RaftKvError> => {
    const pieces: Buffer[] = [];
    try {
      for await (const bytes of client.snapshot(options)) pieces.push(bytes);
      return Buffer.concat(pieces);
    } catch (error) {
      if (error instanceof RaftKvError) return error;
      throw error;
    }
  };

  it('arrives intact in pieces of any size', async () => {
    for (const size of [1, 31, 32, 33, 500, WHOLE.length]) {
      answer([...cut(WHOLE, size), Buffer.alloc(0)]);
      expect(await outcome()).to.deep.equal(WHOLE);
    }
    const progress: number[][] = [];
    answer(cut(WHOLE, 1024));
    await outcome({
      onProgress: ({ receivedBytes, remainingBytes }) => progress.push([receivedBytes, remainingBytes]),
    });
    expect(progress).to.deep.equal([
      [1024, 7],
      [2048, 7],
      [2080, 7],
    ]);
  });

  it('can be piped into a file', async () => {
    const folder = makeTemporaryFolder('client-snapshot');
    answer(cut(WHOLE, 100));
    await pipeline(client.snapshot(), createWriteStream(join(folder, 'file')));
    expect(readFileSync(join(folder, 'file'))).to.deep.equal(WHOLE);
    removeFolder(folder);
  });

  it('fails with data-loss if it was cut or altered', async () => {
    const altered = (at: number): Buffer => {
      const bytes = Buffer.from(WHOLE);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    };
    const damaged = [0, 1000, BODY.length - 1, BODY.length, WHOLE.length - 1].map(altered);
    const lengths = [0, 1, 31, 32, 512, 512 + 32, WHOLE.length - 1];
    for (const bytes of [...damaged, ...lengths.map((length) => WHOLE.subarray(0, length))]) {
      answer(cut(bytes, 100));
      expect(await outcome()).to.include({ code: 'data-loss', retryable: false, fate: 'not-applied' });
    }
  });

  it('comes from the next member if one refuses or is unreachable, but never starts twice', async () => {
    const second = await FakeEtcd.start();
    const both = new Client({ endpoints: ['127.0.0.1:1', fake.endpoint, second.endpoint] });
    const refused = { code: status.RESOURCE_EXHAUSTED, details: 'etcdserver: too many requests' };
    fake.snapshot = (call) => call.emit('error', refused);
    second.snapshot = (call) => void sendSnapshot(call, [WHOLE]);
    const pieces: Buffer[] = [];
    for await (const bytes of both.snapshot()) pieces.push(bytes);
    expect(Buffer.concat(pieces)).to.deep.equal(WHOLE);

    fake.snapshot = (call) => {
      call.write(Buffer.concat([Buffer.from([0x1a, 1]), Buffer.of(65)]));
      setImmediate(() => call.emit('error', { code: status.UNAVAILABLE, details: 'etcdserver: server stopped' }));
    };
    let failure: unknown;
    let received = '';
    try {
      for await (const bytes of both.snapshot()) received += bytes.toString();
    } catch (error) {
      failure = error;
    }
    expect(received).to.equal('A');
    expect(failure).to.be.instanceOf(RaftKvError).and.include({ code: 'unavailable' });
    await both.close();
    second.stop();
  });

  it('comes from the named member, whether or not it is among the endpoints', async () => {
    const other = await FakeEtcd.start();
    other.snapshot = (call) => void sendSnapshot(call, [WHOLE]);
    expect(await outcome({ endpoint: other.endpoint })).to.deep.equal(WHOLE);
    expect(await outcome({ endpoint: fake.endpoint })).to.include({ code: 'data-loss' });
    expect(await outcome({ endpoint: '127.0.0.1:1' })).to.include({ code: 'unavailable' });
    other.stop();
  });

  describe('that has no end', () => {
    let call: ServerWritableStream<Buffer, Buffer> | undefined;
    let written: number;

    beforeEach(() => {
      written = 0;
      function* endless(): Generator<Uint8Array> {
        for (; ; written++) yield Buffer.alloc(64 * 1024);
      }
      fake.snapshot = (begun) => {
        call = begun;
        void sendSnapshot(begun, endless());
      };
    });

    const cancelled = () => poll('the server to hear of it', () => (call?.cancelled === true ? true : undefined));

    it('waits for a slow consumer', async () => {
      const pieces = client.snapshot();
      await pieces.next();
      let before = -1;
      await poll('the server to stand still', async () => {
        if (written === before) return true;
        before = written;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return undefined;
      });
      expect(written).to.be.below(100);
      await pieces.return();
      await cancelled();
    });

    it('ends when the consumer stops, by a signal, by its timeout, and with the client', async () => {
      for await (const bytes of client.snapshot()) {
        expect(bytes.length).to.equal(64 * 1024);
        break;
      }
      await cancelled();

      const abort = new AbortController();
      const onProgress = (): void => abort.abort();
      expect(await outcome({ signal: abort.signal, onProgress })).to.include({ code: 'cancelled' });
      await cancelled();
      // From here on it sends one piece and then nothing.
      fake.snapshot = (begun) => {
        call = begun;
        begun.write(Buffer.concat([Buffer.from([0x1a, 1]), Buffer.of(65)]));
      };
      expect(await outcome({ timeoutMs: 300 })).to.include({ code: 'deadline-exceeded' });
      await cancelled();
      expect(await outcome({ onProgress: () => void client.close() })).to.include({ code: 'closed' });
      await cancelled();
      expect(await outcome()).to.include({ code: 'closed' });
    });

    it('fails when its connection breaks', async () => {
      const pieces = client.snapshot();
      await pieces.next();
      const gone = call === undefined ? Promise.reject(new Error('no call')) : once(call, 'cancelled');
      fake.stop();
      await gone;
      let failure: unknown;
      try {
        for (;;) await pieces.next();
      } catch (error) {
        failure = error;
      }
      expect(failure).to.be.instanceOf(RaftKvError).and.include({ retryable: true, fate: 'not-applied' });
    });
  });
});
