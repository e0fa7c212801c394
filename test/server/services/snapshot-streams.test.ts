import { setTimeout as delay } from 'node:timers/promises';
import { credentials, Client } from '@grpc/grpc-js';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { expect } from 'chai';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { readArchive } from '../../../src/kv/snapshot/archive-reader.js';
import type { EngineSnapshot } from '../../../src/ports/engine.js';
import { Code } from '../../../src/rpc/status.js';
import { Headers } from '../../../src/server/requests/header.js';
import { SNAPSHOT_STREAM_STALL_MS, SnapshotStreams } from '../../../src/server/services/snapshot-streams.js';
import { clampInteger } from '../../../src/util/integer.js';
import { encode, Fixture, memoryHome } from '../../kv/support/fixture.js';
import { ServedHost } from '../../rpc/served-host.js';
import { expectOk, revisionOf } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { VirtualTime } from '../../support/virtual-time.js';
import { endpointOf, LoneMember } from '../lone-member.js';

const { SnapshotResponse } = etcdserverpb;
type Response = ReturnType<typeof SnapshotResponse.decode>;
const SNAPSHOT = '/etcdserverpb.Maintenance/Snapshot';

/** Counts open snapshots and the rows that are read from them. */
class CountingEngine extends MemoryEngine {
  open = 0;
  rows = 0;
  /** If set, reading rows fails with this error. */
  damage: Error | undefined;

  override snapshot(): EngineSnapshot {
    const snapshot = super.snapshot();
    this.open++;
    const cursor = snapshot.cursor.bind(snapshot);
    const close = snapshot.close.bind(snapshot);
    snapshot.cursor = (range) => {
      const made = cursor(range);
      const next = made.next.bind(made);
      made.next = async (count) => {
        if (this.damage !== undefined) throw this.damage;
        const rows = await next(count);
        this.rows += rows.length;
        return rows;
      };
      return made;
    };
    snapshot.close = () => {
      this.open--;
      return close();
    };
    return snapshot;
  }
}

function begin(client: Client): ClientReadableStream<Response> {
  const bytes = (body: Buffer): Buffer => body;
  const decode = (body: Buffer): Response => SnapshotResponse.decode(body);
  return client.makeServerStreamRequest(SNAPSHOT, bytes, decode, Buffer.alloc(0));
}

const look = (): void => undefined;

/** Fills the client's buffer. (Before its first read, a client of grpc-js accepts everything.) */
function hold(call: ClientReadableStream<Response>): void {
  call.on('readable', look);
}

function letGo(call: ClientReadableStream<Response>): void {
  call.off('readable', look);
  call.resume();
}

/** The status of a call whose answers are not read. */
function ended(call: ClientReadableStream<Response>): Promise<{ code: number; details: string }> {
  return new Promise((resolve) => {
    call.on('error', ({ code, details }: ServiceError) => resolve({ code, details }));
    call.on('end', () => resolve({ code: 0, details: '' }));
  });
}

async function collect(call: ClientReadableStream<Response>): Promise<Response[]> {
  const responses: Response[] = [];
  for await (const response of call) responses.push(response as Response);
  return responses;
}

async function* blobs(responses: readonly Response[]): AsyncGenerator<Uint8Array> {
  for (const { blob } of responses) yield blob;
}

/** The revision and the number of rows of an archive. */
async function contents(responses: readonly Response[]): Promise<{ revision: number; rows: number }> {
  let revision = 0;
  let rows = 0;
  for await (const part of readArchive(blobs(responses), { checkDigest: true })) {
    if (part.kind === 'header') ({ revision } = part.header.meta);
    if (part.kind === 'rows') rows += part.rows.length;
  }
  return { revision, rows };
}

describe('Maintenance.Snapshot', () => {
  describe('of a store', () => {
    const KEYS = 400;
    const VALUE = 'v'.repeat(64 * 1024);
    let engine: CountingEngine;
    let fixture: Fixture;
    let streams: SnapshotStreams;
    let served: ServedHost;
    let fatal: unknown[];
    let time: VirtualTime;

    beforeEach(async () => {
      engine = new CountingEngine();
      fixture = await Fixture.open(memoryHome(engine));
      for (let at = 0; at < KEYS; at += 100) {
        await fixture.apply(Array.from({ length: 100 }, (_, index) => encode.put(`key ${at + index}`, VALUE)));
      }
      fatal = [];
      const headers = new Headers({ clusterId: 1, memberId: 2, term: () => 3 });
      time = new VirtualTime();
      streams = new SnapshotStreams({
        store: fixture.store,
        headers,
        clock: time.clock(),
        onFatal: (error) => fatal.push(error),
      });
      served = await ServedHost.start([streams.method()]);
      engine.rows = 0;
    });

    afterEach(async () => {
      await served.stop();
      await fixture.remove();
    });

    /** The snapshot of the published state alone. */
    const released = () => poll('the engine to be let go', () => (engine.open === 1 ? true : undefined));

    /** The buffers are full once no row has been read for a while. */
    async function atRest(): Promise<void> {
      let before = -1;
      await poll('the reading of rows to stand still', async () => {
        if (engine.rows > 0 && engine.rows === before) return true;
        before = engine.rows;
        await delay(200);
        return undefined;
      });
    }

    it('has the state at the time of the call, whatever is written meanwhile', async () => {
      const call = begin(served.client());
      hold(call);
      await poll('the first rows to be read', () => (engine.rows > 0 ? true : undefined));
      await fixture.apply([encode.put('key 399', 'of afterwards'), encode.put('one more')]);
      expect(engine.open).to.equal(2);
      const responses = await collect(call);
      const revision = KEYS + 1;
      expect(await contents(responses)).to.deep.include({ revision });
      const [first, ...others] = responses;
      const { clusterId, memberId, raftTerm } = first?.header ?? {};
      expect([clusterId, memberId, raftTerm].map(clampInteger)).to.deep.equal([1, 2, 3]);
      expect(revisionOf(first ?? {})).to.equal(revision);
      expect(others.every(({ header }) => header === undefined || header === null)).to.equal(true);
      expect(responses.map(({ remainingBytes }) => clampInteger(remainingBytes)).indexOf(0)).to.equal(others.length);
      await released();
    });

    it('waits for a client that does not read, and keeps hardly anything in memory meanwhile', async () => {
      const call = begin(served.client());
      hold(call);
      await atRest();
      // Of 25 MB: the buffers of stream and socket on both sides.
      expect(engine.rows * VALUE.length).to.be.below(8 * 1024 * 1024);
      expect((await contents(await collect(call))).rows).to.be.greaterThan(KEYS);
      await released();
    });

    it('releases the state when the client cancels or disconnects', async () => {
      for (const end of [
        (call: ClientReadableStream<Response>) => call.cancel(),
        () => served.sockets.at(-1)?.destroy(),
      ]) {
        const call = begin(served.client());
        const over = ended(call);
        hold(call);
        await poll('the stream to begin', () => (engine.rows > 0 ? true : undefined));
        await fixture.apply([encode.put('another')]);
        expect(engine.open).to.equal(2);
        end(call);
        await released();
        letGo(call);
        expect((await over).code).to.be.oneOf([Code.CANCELLED, Code.UNAVAILABLE, Code.INTERNAL]);
        engine.rows = 0;
      }
      expect(fatal).to.deep.equal([]);
    });

    it('serves four clients at a time, and the next one when one of them has gone', async () => {
      const calls = Array.from({ length: 4 }, () => begin(served.client()));
      const over = Promise.all(calls.map(ended));
      for (const call of calls) hold(call);
      const tooMany = { code: Code.RESOURCE_EXHAUSTED, details: 'etcdserver: too many requests' };
      const last = await poll('the fifth to be refused', async () => {
        const fifth = begin(served.client());
        const outcome = ended(fifth);
        letGo(fifth);
        const { code, details } = await outcome;
        return code === Code.OK ? undefined : { code, details };
      });
      expect(last).to.deep.equal(tooMany);
      calls[0]?.cancel();
      await poll('room for another', async () => {
        const next = begin(served.client());
        const outcome = ended(next);
        letGo(next);
        return (await outcome).code === Code.OK ? true : undefined;
      });
      for (const call of calls) call.cancel();
      for (const call of calls) letGo(call);
      await over;
      await released();
    });

    /**
     * Four clients that started a snapshot and never read it kept the state of that time in the engine, and blocked all
     * other backups until their connections broke.
     */
    it('ends streams that are not read, and has room for others', async () => {
      const calls = Array.from({ length: 4 }, () => begin(served.client()));
      const outcomes = calls.map(ended);
      for (const call of calls) hold(call);
      await poll('all to begin', () => calls.every(({ readableLength }) => readableLength > 0) || undefined);
      await atRest();
      await fixture.apply([encode.put('another')]);
      await time.advance(SNAPSHOT_STREAM_STALL_MS - 1);
      expect(engine.open).to.equal(2);
      // On a busy machine the last of them may stop only now.
      await poll('the engine to be let go', async () => {
        await time.advance(SNAPSHOT_STREAM_STALL_MS);
        return engine.open === 1 || undefined;
      });
      const next = begin(served.client());
      const outcome = ended(next);
      letGo(next);
      expect((await outcome).code).to.equal(Code.OK);
      for (const call of calls) letGo(call);
      const details = 'raftkv: the client has not read its snapshot for too long';
      expect(await Promise.all(outcomes)).to.deep.equal(calls.map(() => ({ code: Code.DEADLINE_EXCEEDED, details })));
      expect(fatal).to.deep.equal([]);
    });

    it('continues for a client that reads slowly, however long it takes', async () => {
      const call = begin(served.client());
      const outcome = ended(call);
      hold(call);
      for (let round = 0; round < 4; round++) {
        await atRest();
        await time.advance(0.4 * SNAPSHOT_STREAM_STALL_MS);
        const before = engine.rows;
        await poll('the member to go on', () => {
          call.read(1);
          // A mebibyte in 48 s.
          return engine.rows > before + 16 || undefined;
        });
      }
      letGo(call);
      expect(await outcome).to.deep.equal({ code: Code.OK, details: '' });
      await released();
    });

    it('ends its streams when the member stops, and refuses new ones', async () => {
      const call = begin(served.client());
      const over = ended(call);
      hold(call);
      await poll('the stream to begin', () => (engine.rows > 0 ? true : undefined));
      await fixture.apply([encode.put('another')]);
      streams.stop();
      await released();
      letGo(call);
      const stopped = { code: Code.UNAVAILABLE, details: 'etcdserver: server stopped' };
      expect(await over).to.deep.equal(stopped);
      const late = begin(served.client());
      const outcome = ended(late);
      letGo(late);
      expect(await outcome).to.deep.equal(stopped);
      expect(fatal).to.deep.equal([]);
    });

    it('fails if the engine fails, and stops the member', async () => {
      engine.damage = new Error('a table is damaged');
      const call = begin(served.client());
      const outcome = ended(call);
      letGo(call);
      expect((await outcome).code).to.equal(Code.UNAVAILABLE);
      expect(fatal).to.deep.equal([engine.damage]);
      await released();
    });
  });

  it('is served by a member without a quorum', async () => {
    const peers = 'a=http://127.0.0.1:0,b=http://127.0.0.1:1,c=http://127.0.0.1:2';
    const alone = await LoneMember.start({ name: 'a', 'initial-cluster': peers });
    const client = new Client(endpointOf(alone.member), credentials.createInsecure());
    try {
      expect((await alone.client.put('k', 'v', { timeoutMs: 200 })).kind).to.equal('error');
      expect(await contents(await collect(begin(client)))).to.deep.include({ revision: 1 });
    } finally {
      client.close();
      await alone.dispose();
    }
  });

  it('does not delay a clean stop of its member', async () => {
    const lone = await LoneMember.start();
    const value = 'v'.repeat(1024 * 1024);
    for (let key = 0; key < 32; key++) expectOk(await lone.client.put(`key ${key}`, value));
    const newest = revisionOf(expectOk(await lone.client.get('key 0')));
    expect(newest).to.equal(33);
    const client = new Client(endpointOf(lone.member), credentials.createInsecure());
    const call = begin(client);
    const over = ended(call);
    const first = await new Promise<Response>((resolve) => call.once('readable', () => resolve(call.read(1))));
    hold(call);
    expect(revisionOf(first)).to.equal(newest);
    await lone.member.stop();

    letGo(call);
    // If the member had not ended it, its connection would be reset after the grace period.
    expect(await over).to.deep.equal({ code: Code.UNAVAILABLE, details: 'etcdserver: server stopped' });
    expect(lone.logger.messages('error')).to.deep.equal([]);
    client.close();
    await lone.dispose();
  });
});
